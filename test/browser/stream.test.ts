import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type Simulator, startSimulator } from '../../simulator/simulator.js';
import { type Service, startService } from '../service.js';
import { wireMessages } from '../wire-messages.js';

const program = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

// The other browser tests tell how to install one.
(existsSync(program) ? describe : describe.skip)('a stream in a real browser, on a page of another origin', () => {
  let desk: Simulator;
  let service: Service;
  let site: Server;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    desk = await startSimulator();
    desk.setSession('talk', wireMessages(0, 3));
    site = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<title>a dashboard</title>');
    }).listen(0, '127.0.0.1');
    await once(site, 'listening');
    const address = site.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const origin = `http://127.0.0.1:${address.port}`;
    service = await startService({
      DESK_BASE_URL: desk.url,
      CORS_ORIGINS: origin,
      CACHE_FRESH_MIN_MS: '300',
      CACHE_FRESH_MAX_MS: '300',
    });
    browser = await chromium.launch({
      executablePath: program,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    });
    page = await browser.newPage();
    await page.goto(origin);
  });

  afterAll(async () => {
    await browser.close();
    await service.kill();
    site.closeAllConnections();
    site.close();
    await desk.close();
  });

  it('is followed by EventSource', async () => {
    await page.evaluate((url) => {
      const seen: string[] = [];
      Object.assign(globalThis, { seen });
      const source = new EventSource(url);
      for (const name of ['ready', 'messages']) {
        source.addEventListener(name, (event) => {
          if (event instanceof MessageEvent) seen.push(`${name} ${event.lastEventId}`);
        });
      }
    }, `${service.url}/sessions/talk/messages/stream`);
    await page.waitForFunction('seen.length === 1');
    desk.append('talk', ...wireMessages(3, 2));
    await page.waitForFunction('seen.length === 2');
    expect(await page.evaluate('seen')).toEqual(['ready 3', 'messages 5']);
  });

  it('is followed by fetch, which sends its position', async () => {
    const text = await page.evaluate(async (url) => {
      const stop = new AbortController();
      const response = await fetch(url, { headers: { 'Last-Event-ID': '1' }, signal: stop.signal });
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      let read = '';
      while (reader && !read.includes('event: messages')) read += (await reader.read()).value ?? '';
      stop.abort();
      return read;
    }, `${service.url}/sessions/talk/messages/stream`);
    expect(text).toContain('event: ready\nid: 1\n');
    expect(text).toContain('event: messages\nid: 5\n');
  });
});
