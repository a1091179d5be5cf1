import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from '@jest/globals';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { textMessage } from '../../simulator/sessions/wire.js';
import { type Demo, startDemo } from '../demo.js';
import { type BreakableLine, breakableLineTo } from '../breakable-line.js';
import { type Service, startService } from '../service.js';

const program = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const AT = Date.UTC(2026, 0, 1);
const ATTACK = '<img src=x onerror="document.title = `hacked`">';
const KEY = 'a-key-for-the-dashboard-test';

if (existsSync(program)) describe('the dashboard of the demo, in a real browser', inBrowser);
else test.skip(`there is no Chromium at ${program}`, () => undefined);

function inBrowser(): void {
  let demo: Demo;
  let browser: Browser;
  let page: Page;
  /** Makes an id that no test, and no earlier attempt of one, has used. */
  let ids = 100;
  const origins = new Set<string>();
  const complaints: string[] = [];

  beforeAll(async () => {
    demo = await startDemo();
    browser = await chromium.launch({
      executablePath: program,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    });
    page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
    page.on('request', (request) => origins.add(new URL(request.url()).origin));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // The browser itself logs every answer that is no 2xx.
      const isNote = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !isNote) complaints.push(message.text());
    });
    await page.goto(demo.dashboardUrl);
  });

  afterAll(async () => {
    await browser.close();
    await demo.stop();
  });

  afterEach(() => demo.control('DELETE', '/faults'));

  const rows = (): Locator => page.locator('#messages > li');
  const trouble = (): Locator => page.locator('#trouble');

  /** As a person would: the id into the field, "Open". */
  async function open(id: string): Promise<void> {
    await page.getByLabel('Session id').fill(id);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('heading', { name: id, exact: true }).waitFor();
  }

  /** Opens a new session with these texts, and waits for its stream. */
  async function openNew(...texts: string[]): Promise<string> {
    const id = `new-${++ids}`;
    await demo.control('PUT', `/sessions/${id}`, { messages: messagesOf(texts) });
    await open(id);
    await rows()
      .filter({ hasText: texts.at(-1) ?? '' })
      .waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    return id;
  }

  async function scrollToStart(): Promise<void> {
    await rows().first().waitFor();
    for (let pages = 0; pages < 10 && (await page.getByText('#0', { exact: true }).count()) === 0; pages += 1) {
      const oldest = await rows().first().locator('.position').innerText();
      await page.locator('#log').hover();
      await page.mouse.wheel(0, -1_000_000);
      await rows().first().locator('.position').filter({ hasNotText: oldest }).waitFor();
    }
  }

  it('lists the sessions of a day, the running ones, and those of one client', async () => {
    const list = page.getByRole('region', { name: 'Sessions' });
    await list.getByRole('link', { name: 'growing-session' }).waitFor();
    const running = page.getByRole('region', { name: 'Running now' });
    await running.getByRole('link', { name: 'growing-session' }).waitFor();
    const range = list.locator('#range');
    const all = await range.innerText();
    expect(all).toMatch(/^1–20 of \d+$/);
    await list.getByRole('button', { name: 'Next' }).click();
    await range.filter({ hasText: /^21–40 of/ }).waitFor();
    await list.getByLabel('Client').fill('8613800138000');
    await list.getByRole('button', { name: 'Show' }).click();
    await list.getByRole('link', { name: 'growing-session' }).waitFor();
    for (const row of await list.getByRole('listitem').allInnerTexts()) expect(row).toContain('8613800138000');
  });

  it('opens a session from the list, with its state and its newest message at the bottom', async () => {
    await page.getByRole('region', { name: 'Sessions' }).getByRole('link', { name: 'growing-session' }).click();
    await page.locator('#state').filter({ hasText: 'agent · test@qq.com' }).waitFor();
    await rows().filter({ hasText: '#11' }).waitFor();
    expect(await rows().last().isVisible()).toBe(true);
    expect(await page.locator('.rows a[aria-current]').first().innerText()).toContain('growing-session');
  });

  it('scrolls back to the first message', async () => {
    await open('load-1');
    await scrollToStart();
    const shown = await page.locator('.position').allInnerTexts();
    expect(shown).toEqual(shown.map((_, position) => `#${position}`));
  });

  it('shows every kind of content, with links to http(s) only', async () => {
    await open('session-of-everything');
    await scrollToStart();
    const labels = new Set(await page.locator('.label').allInnerTexts());
    const kinds =
      'Image File Voice Video Location Emoji Custom Unknown Options Form Product Order Bot Markdown Control';
    for (const label of [...kinds.split(' '), 'Merged chat', 'Rating', 'Rating asked for'])
      expect(labels).toContain(label.toUpperCase());
    await page.getByText('javascript:alert(1)').waitFor();
    const links = await page.evaluate<string[]>(
      "[...document.querySelectorAll('#messages a')].map(({ href }) => href)",
    );
    expect(links).toContain('https://shop.example/k');
    for (const href of links) expect(href).toMatch(/^https?:/);
  });

  it('shows markup in messages as text', async () => {
    await openNew(ATTACK);
    expect(await rows().locator('.words').innerText()).toBe(ATTACK);
    expect(await rows().locator('img').count()).toBe(0);
    expect(await page.title()).toBe('Desk sessions');
  });

  it('grows without a reload, shows an edit, and reloads a session that lost messages', async () => {
    const id = await openNew('one', 'two');
    await demo.control('POST', `/sessions/${id}/messages`, { messages: [textMessage('three', AT + 3)] });
    await rows().filter({ hasText: 'three' }).waitFor();
    expect(await page.locator('#news').innerText()).toBe('user: three');

    await demo.control('PUT', `/sessions/${id}`, { messages: messagesOf(['one', 'two, edited', 'three']) });
    await demo.control('PATCH', `/sessions/${id}`, { currentState: 'Queueing' });
    await rows().filter({ hasText: 'two, edited' }).waitFor();
    expect(await rows().count()).toBe(3);

    await demo.control('PATCH', `/sessions/${id}`, { keepOldest: 1, currentState: 'Agent' });
    await rows().filter({ hasText: 'three' }).waitFor({ state: 'detached' });
    await rows().filter({ hasText: 'one' }).waitFor();
    expect(await rows().count()).toBe(1);
  });

  it.each([
    ['CSV', 'csv', /^\uFEFFposition,/],
    ['NDJSON', 'ndjson', /\{"type":"end","total":26\}\n$/],
  ])('saves %s', async (name, extension, content) => {
    await open('b0f4ca12-4850-4218-a284-efe679a87066');
    const file = await saved(page, page.locator('#files').getByRole('link', { name, exact: true }));
    expect(file.name.endsWith(`.${extension}`)).toBe(true);
    expect(file.text).toMatch(content);
  });

  it('shows a desk that limits as 429, counts down and continues', async () => {
    const sessionId = `load-${++ids}`;
    await demo.control('POST', '/faults', { fault: { kind: 'error', code: 141009 }, times: 1, sessionId });
    await open(sessionId);
    await trouble().getByText('429 ').waitFor();
    await trouble()
      .getByText(/^Trying again in \d+ s$/)
      .waitFor();
    await rows().first().waitFor();
    await trouble().waitFor({ state: 'hidden' });
  });

  it('shows an unknown session as 404, and a broken desk as 502 with a way to try again', async () => {
    await open('no-such-session');
    await trouble().getByText('404 There is no such session').waitFor();
    await demo.control('POST', '/faults', { fault: { kind: 'error', code: 70107 }, untilReset: true });
    await open(`load-${++ids}`);
    await trouble().getByText('502 ').waitFor();
    await demo.control('DELETE', '/faults');
    await trouble().getByRole('button', { name: 'Try again' }).click();
    await rows().first().waitFor();
  });

  it('needs no horizontal scrolling on a phone, whatever is shown', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const hash of ['#/', '#/session-of-everything']) {
      await page.goto(`${demo.dashboardUrl}/${hash}`);
      await page
        .locator(hash === '#/' ? '#list-rows > li' : '#messages > li')
        .last()
        .waitFor();
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(390);
    }
    await page.getByRole('link', { name: 'Back to the sessions' }).click();
    await page.getByRole('link', { name: 'growing-session' }).last().waitFor();
  });

  describe('with a key, over a connection that breaks', () => {
    let service: Service;
    let line: BreakableLine;

    beforeAll(async () => {
      service = await startService({
        AUTH_MODE: 'api-key',
        API_KEYS: `browser:${createHash('sha256').update(KEY).digest('hex')}`,
        DESK_BASE_URL: demo.deskUrl,
        CORS_ORIGINS: demo.dashboardUrl,
      });
      line = await breakableLineTo(service.url);
    });

    afterAll(async () => {
      line.close();
      await service.kill();
    });

    async function openWithKey(id: string): Promise<Page> {
      // The policy names the demo's own service.
      const other = await browser.newPage({ bypassCSP: true });
      await other.addInitScript(addressing(line.url));
      await other.goto(`${demo.dashboardUrl}/#/${id}`);
      await other.locator('#trouble').getByText('401 ').waitFor();
      await other.getByLabel('API key or token').fill(KEY);
      await other.getByRole('button', { name: 'Use' }).click();
      await other.getByText('Live', { exact: true }).waitFor();
      return other;
    }

    it('asks for the key, and follows and saves with it', async () => {
      const other = await openWithKey('long-session');
      await other.getByText('#1233', { exact: true }).waitFor();
      const file = await saved(other, other.locator('#files').getByRole('link', { name: 'NDJSON' }));
      expect(file.name.endsWith('.ndjson')).toBe(true);
      expect(file.text).toMatch(/\{"type":"end","total":1234\}\n$/);
      await other.close();
    });

    it('reconnects by itself, without missing or repeating a message', async () => {
      const id = `new-${++ids}`;
      await demo.control('PUT', `/sessions/${id}`, { messages: messagesOf(['before']) });
      const other = await openWithKey(id);
      line.cut();
      await other.getByText(/^Live again in \d+ s$/).waitFor();
      await demo.control('POST', `/sessions/${id}/messages`, { messages: messagesOf(['missed', 'too']) });
      // New to this client, though the service has had it for long.
      const headers = { 'x-api-key': KEY, 'cache-control': 'no-cache' };
      const known = await service.get(`/sessions/${id}/messages?limit=1`, headers);
      expect(await known.json()).toMatchObject({ page: { total: 3 } });
      line.mend();
      await other.locator('#messages > li', { hasText: '#2' }).waitFor();
      await other.getByText('Live', { exact: true }).waitFor();
      expect(await other.locator('#messages > li').count()).toBe(3);
      await other.close();
    });
  });

  it('loads nothing from outside, and nothing that its own policy forbids', () => {
    expect([...origins].sort()).toEqual([demo.url, demo.dashboardUrl].sort());
    expect(complaints).toEqual([]);
  });
}

function messagesOf(texts: readonly string[]): unknown[] {
  return texts.map((text, i) => textMessage(text, AT + i));
}

/** Points the page to another service. Not by a route of Playwright, which answers preflights itself. */
function addressing(url: string): string {
  const answer = JSON.stringify(JSON.stringify({ url }));
  return `const ask = fetch; fetch = (at, how) => at === 'service.json' ? Promise.resolve(new Response(${answer})) : ask(at, how);`;
}

/** A link may open a page of its own, which is closed when the download begins. */
async function saved(page: Page, link: Locator): Promise<{ name: string; text: string }> {
  const downloads = Promise.race([
    page.waitForEvent('download'),
    page.waitForEvent('popup').then((popup) => popup.waitForEvent('download')),
  ]);
  await link.click();
  const download = await downloads;
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
}
