import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, chromium, type Locator, type Page, type Response } from 'playwright-core';
import { type Simulator, startSimulator } from '../../simulator/simulator.js';
import { type Service, startService } from '../service.js';

const KEY = 'a-key-for-the-browser-test';
const SESSION = 'b0f4ca12-4850-4218-a284-efe679a87066';
const SCREENSHOT = 'artifacts/swagger-ui.png';
const program = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

if (existsSync(program)) describe('Swagger UI in a real browser', inBrowser);
else
  withoutBrowser(`There is no Chromium at ${program}. On Debian: apt-get install chromium. Elsewhere: CHROMIUM_PATH.`);

function inBrowser(): void {
  let desk: Simulator;
  let service: Service;
  let browser: Browser;
  let page: Page;
  const hosts = new Set<string>();
  const complaints: string[] = [];

  beforeAll(async () => {
    desk = await startSimulator();
    const digest = createHash('sha256').update(KEY).digest('hex');
    service = await startService({
      AUTH_MODE: 'api-key',
      API_KEYS: `browser:${digest}`,
      DESK_BASE_URL: desk.url,
    });
    browser = await chromium.launch({
      executablePath: program,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    });
    page = await browser.newPage({ viewport: { width: 1280, height: 2400 } });
    page.on('request', (request) => hosts.add(new URL(request.url()).origin));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text());
    });
    await page.goto(`${service.url}/docs`);
    await page.locator('#operations-messages-listMessages .opblock-summary-control').click();
  });

  afterAll(async () => {
    await browser.close();
    await service.stop();
    await desk.close();
  });

  it('fills in a session that the simulated desk has, and the defaults', async () => {
    expect(await field(page, 'sessionId').locator('input').inputValue()).toBe(SESSION);
    expect(await field(page, 'limit').locator('input').inputValue()).toBe('20');
    expect(await field(page, 'offset').locator('input').inputValue()).toBe('0');
    expect(await field(page, 'order').locator('select').inputValue()).toBe('desc');
  });

  it('shows that the messages need a key: 401 without one', async () => {
    const answer = await shown(page, await execute(page));
    expect(answer.status).toBe('401');
    expect(answer.headers).toContain('www-authenticate');
  });

  it('authorizes with a key, executes the request without editing and shows 200, the body and the headers', async () => {
    await authorize(page, KEY);
    const answer = await shown(page, await execute(page));
    expect(answer.status).toBe('200');
    expect(answer.body).toContain('"text": "hello"');
    expect(answer.body).toContain('"total": 26');
    for (const name of ['etag', 'last-modified', 'cache-control', 'age', 'cache-status', 'link', 'x-request-id']) {
      expect(answer.headers).toContain(name);
    }
    mkdirSync('artifacts', { recursive: true });
    await page.screenshot({ path: SCREENSHOT });
  });

  it.each([
    ['If-None-Match', 'page', '"mK3pS1vYw2n0ZbQx4rT6uA8cE9f"', 200],
    ['If-None-Match', 'any', '*', 304],
    ['Cache-Control', 'anew', 'no-cache', 200],
    ['X-Request-Id', 'own', '0b6f7c52-5c1a-4d7a-9d0e-0d3c2f1f8f6e', 200],
    ['traceparent', 'sampled', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', 200],
  ])('sends no %s, unless its example "%s" is chosen: %s, answered with %d', async (name, example, value, status) => {
    const examples = field(page, name).locator('select');
    expect(await examples.inputValue()).toBe('absent');
    expect((await execute(page)).request().headers()).not.toHaveProperty(name.toLowerCase());
    await examples.selectOption(example);
    const response = await execute(page);
    expect(response.request().headers()).toMatchObject({ [name.toLowerCase()]: value });
    expect(response.status()).toBe(status);
    await examples.selectOption('absent');
  });

  it('shows an operation in less than 6,000 pixels', async () => {
    const fresh = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await fresh.goto(`${service.url}/docs`);
    await fresh.locator('#operations-messages-listMessages .opblock-summary-control').click();
    await fresh.locator('#operations-messages-listMessages .response[data-code="504"] .microlight').waitFor();
    const size = await fresh.locator('#operations-messages-listMessages').boundingBox();
    expect(size?.height).toBeGreaterThan(1000);
    expect(size?.height).toBeLessThan(6000);
    await fresh.close();
  });

  it('is no wider than a phone, with every GET unfolded and an answer shown', async () => {
    const phone = await browser.newPage({ viewport: { width: 390, height: 844 } });
    await phone.goto(`${service.url}/docs`);
    const summaries = phone.locator('.opblock-get .opblock-summary-control');
    await summaries.first().waitFor();
    for (const summary of await summaries.all()) await summary.click();
    await shown(phone, await execute(phone));
    const root = 'document.documentElement';
    expect(await phone.evaluate(`[${root}.scrollWidth, ${root}.clientWidth]`)).toEqual([390, 390]);
    await phone.close();
  });

  it('shows 429 and Retry-After when the desk limits', async () => {
    desk.limit(0);
    await field(page, 'sessionId').locator('input').fill('long-session');
    const answer = await shown(page, await execute(page));
    expect(answer.status).toBe('429');
    expect(answer.body).toContain('"upstreamCode": 141009');
    expect(answer.headers).toMatch(/retry-after: \d+/);
  });

  it('loads nothing from outside, and nothing that its own policy forbids', () => {
    expect([...hosts].filter((host) => !host.startsWith('data:') && host !== 'null')).toEqual([service.url]);
    expect(complaints).toEqual([]);
  });
}

interface Shown {
  readonly status: string;
  readonly body: string;
  readonly headers: string;
}

function field(page: Page, name: string): Locator {
  return page.locator(`#operations-messages-listMessages [data-param-name="${name}"]`);
}

/** Presses "Execute" and nothing else. */
async function execute(page: Page): Promise<Response> {
  const arrived = page.waitForResponse((response) => response.url().includes('/sessions/'));
  await page.locator('#operations-messages-listMessages button.execute').click();
  return arrived;
}

/** The page's rendering of an answer. */
async function shown(page: Page, answer: Response): Promise<Shown> {
  const table = page.locator('#operations-messages-listMessages .live-responses-table');
  await table
    .locator('.response-col_status', { hasText: String(answer.status()) })
    .last()
    .waitFor();
  const description = table.locator('tbody .response-col_description');
  const headers = description.locator('div', { has: page.getByRole('heading', { name: 'Response headers' }) });
  return {
    status: (await table.locator('tbody .response-col_status').innerText()).split(/\s/, 1)[0] ?? '',
    body: await description.locator('.highlight-code').first().innerText(),
    headers: await headers.last().locator('pre').innerText(),
  };
}

/** The padlock at the top of the page, the key into the first field that takes one, "Authorize", "Close". */
async function authorize(page: Page, key: string): Promise<void> {
  await page.locator('.auth-wrapper .btn.authorize').first().click();
  const dialog = page.locator('.dialog-ux');
  await dialog.locator('input').first().fill(key);
  await dialog.locator('.auth-btn-wrapper .authorize').first().click();
  await dialog.getByRole('heading', { name: 'Authorized' }).or(dialog.getByText('Authorized')).first().waitFor();
  await dialog.locator('.btn-done').first().click();
}

/** With CI=true a missing browser is a failure, elsewhere a skipped test that says what is missing. */
function withoutBrowser(reason: string): void {
  if (process.env['CI'] === 'true') {
    it('finds a browser', () => {
      throw new Error(reason);
    });
  } else {
    it.skip(reason, () => undefined);
    process.stderr.write(`\nSwagger UI is not tested in a browser: ${reason}\n`);
  }
}
