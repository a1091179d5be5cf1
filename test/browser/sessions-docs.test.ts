import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, test } from '@jest/globals';
import { type Browser, chromium, type Page, type Response } from 'playwright-core';
import { type Simulator, startSimulator } from '../../simulator/simulator.js';
import { type Service, startService } from '../service.js';

const program = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const LIST = '#operations-sessions-listSessions';
const STATE = '#operations-sessions-getSessionState';
const MESSAGES = '#operations-messages-listMessages';

if (existsSync(program)) describe('from /docs to a list, a session and its messages, by clicking', inBrowser);
else test.skip(`there is no Chromium at ${program}`, () => undefined);

function inBrowser(): void {
  let desk: Simulator;
  let service: Service;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    desk = await startSimulator();
    service = await startService({ DESK_BASE_URL: desk.url });
    browser = await chromium.launch({
      executablePath: program,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    });
    page = await browser.newPage({ viewport: { width: 1280, height: 2400 } });
    await page.goto(`${service.url}/docs`);
    for (const operation of [LIST, STATE, MESSAGES])
      await page.locator(`${operation} .opblock-summary-control`).click();
  });

  afterAll(async () => {
    await browser.close();
    await service.stop();
    await desk.close();
  });

  /** Presses "Execute" and nothing else. */
  async function execute(operation: string): Promise<Response> {
    const arrived = page.waitForResponse((response) => response.url().includes('/sessions'));
    await page.locator(`${operation} button.execute`).click();
    return arrived;
  }

  const field = (operation: string, name: string) => page.locator(`${operation} [data-param-name="${name}"]`);

  it('lists the default period with nothing filled in but the page', async () => {
    for (const name of ['from', 'to', 'clientId'])
      expect(await field(LIST, name).locator('input').inputValue()).toBe('');
    const answer = await execute(LIST);
    expect(answer.url()).toBe(`${service.url}/sessions?limit=20&offset=0&format=json`);
    expect(answer.status()).toBe(200);
    expect(await answer.text()).toContain('"growing-session"');
    await page.locator(`${LIST} .live-responses-table`, { hasText: 'growing-session' }).waitFor();
  });

  it.each([
    ['2024-11-01T00:00:00Z', '2024-11-07T23:59:59Z'],
    ['2024-11-01T00:00:00+08:00', '2024-11-07T23:59:59+08:00'],
  ])('lists a period that is filled in: %s to %s', async (from, to) => {
    for (const [name, value] of Object.entries({ from, to, clientId: '1299314544' }))
      await field(LIST, name).locator('input').fill(value);
    const query = `from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`;
    const answer = await execute(LIST);
    expect(answer.url()).toBe(`${service.url}/sessions?${query}&clientId=1299314544&limit=20&offset=0&format=json`);
    expect(answer.status()).toBe(200);
    expect(await answer.text()).toContain('"b0f4ca12-4850-4218-a284-efe679a87066"');
  });

  it('goes on to the session and its messages', async () => {
    const state = await execute(STATE);
    expect(state.status()).toBe(200);
    expect(await state.text()).toContain('"not-in-session"');
    const messages = await execute(MESSAGES);
    expect(messages.status()).toBe(200);
    expect(await messages.text()).toContain('"total":26');
  });
}
