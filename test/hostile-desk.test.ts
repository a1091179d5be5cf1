import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ask } from './http.js';
import { expectProblem } from './problem.js';
import { type Service, startService } from './service.js';

/** What an answer may cost the process: all CPU time, not only blocking. Some used to take seconds. */
const MAX_CPU_MS = 1000;
/** V8 ends a process that needs more than this after a last collection: 500 MB at most with memory outside the heap. */
const MAX_HEAP_MB = 320;
const MOST = 4 * 1024 * 1024 - 1000;

let desk: Server;
let service: Service;
let body = '';
let sessions = 0;

beforeAll(async () => {
  desk = createServer((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('Content-Type', 'application/json');
      response.end(body);
    });
  }).listen(0, '127.0.0.1');
  await once(desk, 'listening');
  const address = desk.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  service = await startService({
    DESK_BASE_URL: `http://127.0.0.1:${address.port}`,
    DESK_MAX_RPS: '10000',
    RATE_LIMIT_PER_MINUTE: '0',
    NODE_OPTIONS: `--max-old-space-size=${MAX_HEAP_MB}`,
  });
});

afterAll(async () => {
  await service.kill();
  desk.closeAllConnections();
  desk.close();
});

/** How often these fit into the largest body. */
const fill = (text: string, room = MOST) => text.repeat(Math.floor(room / text.length));
const page = (messages: string, total: number) => `{"ErrorCode":0,"TotalCount":${total},"Messages":[${messages}]}`;
const message = (elements: string) => page(`{"Timestamp":1,"MsgBody":[${elements}]}`, 1);
const element = (type: string, content: string) => `{"MsgType":"${type}","MsgContent":${content}}`;
const text = (content: string) => message(element('TIMTextElem', `{"Text":"${content}"}`));
const raw = (value: string) => message(element('x', `{"a":${value}}`));
const card = (value: string) =>
  message(element('TIMCustomElem', `{"Data":${JSON.stringify(`{"customerServicePlugin":0,"a":${value}}`)}}`));
const relay = (forwarded: string) => element('TIMRelayElem', `{"MsgList":[${forwarded}]}`);
const image = element(
  'TIMImageElem',
  `{"UUID":"u","ImageFormat":1,"ImageInfoArray":[${'{"Type":1,"URL":"u"},'.repeat(2)}{"Type":1}]}`,
);
const distinct = (count: number) => Array.from({ length: count }, (_, i) => `"key-${i}":0`).join();

const broken: [string, () => string][] = [
  ['1.4 million empty elements in one message', () => message(`${fill('{},')}{}`)],
  ['250,000 messages', () => page(`${'{"Timestamp":1},'.repeat(249_999)}{"Timestamp":1}`, 250_000)],
  ['101 messages', () => page(`${'{"Timestamp":1},'.repeat(100)}{"Timestamp":1}`, 1000)],
  ['10,001 elements', () => message(`${'{},'.repeat(10_000)}{}`)],
  ['10,001 elements in relays', () => message(relay(`${`{"MsgBody":[${'{},'.repeat(99)}{}]},`.repeat(100)}{}`))],
  ['1.5 million nested lists', () => raw('['.repeat(1.5e6) + ']'.repeat(1.5e6))],
  ['700,000 nested objects', () => raw(`${'{"":'.repeat(7e5)}0${'}'.repeat(7e5)}`)],
  ['2,000 times 1,001 nested lists', () => raw(`[${`${'['.repeat(1001)}${']'.repeat(1001)},`.repeat(2000)}0]`)],
  ['a million empty lists', () => raw(`[${fill('[],')}0]`)],
  ['310,000 different keys', () => raw(`{${Array.from({ length: 310_000 }, (_, i) => `"${i}":0`).join()}}`)],
  ['a card of a million empty lists', () => card(`[${fill('[],')}0]`)],
  ['a card of a million nested lists', () => card('['.repeat(1e6) + ']'.repeat(1e6))],
  ['an image in a million variants', () => message(element('TIMImageElem', `{"ImageInfoArray":[${fill('{},')}{}]}`))],
  ['a relay of a million messages', () => message(relay(`${fill('{},')}{}`))],
  ['a million values that nobody asked for', () => page('', 0).replace('{', `{"Padding":[${fill('{},')}0],`)],
  ['5 MiB', () => text('a'.repeat(5 * 1024 * 1024))],
];

const odd: [string, () => string][] = [
  ['4 MB of one text', () => text(fill('a'))],
  ['4 MB of short words', () => text(fill('a '))],
  ['4 MB of white space', () => text(fill('\\n\\t'))],
  ['4 MB of halves of characters', () => text(fill('\\ud800 '))],
  ['10,000 elements', () => message(`${'{},'.repeat(9999)}{}`)],
  ['10,000 texts', () => message(`${(element('TIMTextElem', `{"Text":"${'a '.repeat(150)}"}`) + ',').repeat(9999)}{}`)],
  ['50,000 nested lists', () => raw('['.repeat(5e4) + ']'.repeat(5e4))],
  ['240,000 different keys', () => raw(`{${distinct(240_000)}}`)],
  ['180,000 numbers', () => raw(`[${'1.7976931348623157e308,'.repeat(180_000)}0]`)],
  ['10,000 images in three variants', () => message(`${`${image},`.repeat(9999)}${image}`)],
  ['a card of 120,000 values', () => card(`{${distinct(120_000)}}`)],
  ['a card of 4 MB', () => card(`"${fill('a', MOST - 100)}"`)],
];

describe('an answer of the desk of', () => {
  test.each(broken)('%s is 502 upstream-failed, and cheap', async (_name, make) => {
    body = make();
    await expectCheap(async () => {
      const path = newPath();
      const answer = await ask(service, path);
      // First, or Jest compares a problem with a page of megabytes.
      expect(answer.status).toBe(502);
      expectProblem(answer, { status: 502, code: 'upstream-failed', instance: path });
    });
  });

  test.each(odd)('%s is a page, and cheap enough', async (_name, make) => {
    body = make();
    await expectCheap(async () => {
      expect((await ask(service, newPath())).status).toBe(200);
    });
  });
});

/** Nothing of it is cached, so the desk has to be called. */
function newPath(): string {
  return `/sessions/hostile-${sessions++}/messages`;
}

/** The best of three attempts, since garbage of earlier ones is collected meanwhile. */
async function expectCheap(work: () => Promise<void>): Promise<void> {
  const costs: number[] = [];
  for (let i = 0; i < 3; i++) {
    const before = await cpuMs();
    await work();
    costs.push((await cpuMs()) - before);
  }
  expect(Math.min(...costs)).toBeLessThan(MAX_CPU_MS);
}

async function cpuMs(): Promise<number> {
  const { text: metrics } = await ask(service, '/metrics');
  return Number(/^process_cpu_seconds_total (\S+)$/m.exec(metrics)?.[1]) * 1000;
}
