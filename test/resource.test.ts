import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { textMessage } from '../simulator/sessions/wire.js';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { ask, type Answer } from './http.js';
import { type Service, startService } from './service.js';

const DOCUMENTED = 'b0f4ca12-4850-4218-a284-efe679a87066';
const DOCUMENTED_PATH = `/sessions/${DOCUMENTED}/messages`;
const LONG_AGO = Date.UTC(2024, 10, 7);

let simulator: Simulator;
let service: Service;

beforeAll(async () => {
  simulator = await startSimulator();
  service = await startService({
    DESK_BASE_URL: simulator.url,
    DESK_MAX_RPS: '10000',
    DESK_COOLDOWN_MIN_MS: '1',
    RATE_LIMIT_PER_MINUTE: '0',
  });
});

afterAll(async () => {
  await service.kill();
  await simulator.close();
});

/** A session of this many short messages, one a second; returns its path. */
function session(id: string, count: number, startMs = LONG_AGO): string {
  simulator.setSession(
    id,
    Array.from({ length: count }, (_, i) => textMessage(`message ${i}`, startMs + i * 1000)),
  );
  return `/sessions/${id}/messages`;
}

function positions(answer: Answer): unknown[] {
  return [...answer.text.matchAll(/"position":(\d+|null)/g)].map(([, position]) => position);
}

function callsFor(id: string): number {
  return simulator.calls.filter((call) => call.sessionId === id).length;
}

function following(answer: Answer, rel: string): string | undefined {
  return new RegExp(`<([^>]+)>; rel="${rel}"`).exec(String(answer.headers.link))?.[1];
}

describe('the body', () => {
  test('is as documented, byte for byte', async () => {
    const answer = await ask(service, `${DOCUMENTED_PATH}?limit=1`);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json(; charset=utf-8)?$/);
    expect(answer.json()).toEqual({
      sessionId: DOCUMENTED,
      messages: [
        {
          position: 25,
          sender: { id: '8618655061639', role: 'user' },
          sentAt: '2024-11-07T00:23:50.138Z',
          text: 'hello',
          content: [{ type: 'text', text: 'hello' }],
        },
      ],
      page: { limit: 1, offset: 0, order: 'desc', total: 26, nextOffset: 1 },
    });
  });

  test('defaults to the twenty newest messages, newest first', async () => {
    const answer = await ask(service, session('defaults', 26));
    expect(positions(answer)).toEqual(Array.from({ length: 20 }, (_, i) => String(25 - i)));
    expect(answer.json()).toMatchObject({ page: { limit: 20, offset: 0, order: 'desc', total: 26, nextOffset: 20 } });
  });

  test.each([
    ['asc', 0, ['0', '1', '2', '3'], 4],
    ['asc', 7, ['7', '8', '9'], null],
    ['desc', 0, ['9', '8', '7', '6'], 4],
    ['desc', 7, ['2', '1', '0'], null],
    ['desc', 6, ['3', '2', '1', '0'], null],
    ['asc', 10, [], null],
    ['desc', 2147483647, [], null],
  ])('counts positions from the oldest: %s from %d', async (order, offset, expected, nextOffset) => {
    const answer = await ask(service, `${session('ten', 10)}?limit=4&offset=${offset}&order=${order}`);
    expect(positions(answer)).toEqual(expected);
    expect(answer.json()).toMatchObject({ page: { limit: 4, offset, order, total: 10, nextOffset } });
    const texts = [...answer.text.matchAll(/"text":"message (\d+)","content"/g)].map(([, text]) => text);
    expect(texts).toEqual(expected);
  });

  test('of a session without messages is an empty page, however the desk says so', async () => {
    for (const how of ['list', 'null', 'absent'] as const) {
      const path = session(`empty-${how}`, 0);
      simulator.answerEmptyWith(`empty-${how}`, how);
      const answer = await ask(service, path);
      expect(answer.status).toBe(200);
      expect(answer.json()).toEqual({
        sessionId: `empty-${how}`,
        messages: [],
        page: { limit: 20, offset: 0, order: 'desc', total: 0, nextOffset: null },
      });
    }
  });

  test('says null for positions where the answers of a session contradict each other', async () => {
    // Newest first its neighbours are swapped, oldest first they are not: no order of these messages fits both.
    const path = session('contradicting', 150);
    simulator.answerInOrder('contradicting', 'contradicting');
    for (const query of ['?limit=100', '?limit=100&order=asc', '?limit=100&offset=10'])
      await ask(service, path + query);
    const answer = await ask(service, `${path}?limit=50&offset=5`);
    expect(answer.status).toBe(200);
    expect(positions(answer)).toEqual(Array.from({ length: 50 }, () => 'null'));
  });

  test('an offset beyond a known total costs no call', async () => {
    const path = session('beyond', 3);
    await ask(service, path);
    const before = callsFor('beyond');
    const answer = await ask(service, `${path}?offset=3`);
    expect(answer.json()).toMatchObject({ messages: [], page: { total: 3, nextOffset: null } });
    expect(callsFor('beyond')).toBe(before);
    expect(answer.headers['cache-status']).toMatch(/^desk-bff; hit; ttl=\d+/);
    expect(answer.headers['age']).toMatch(/^\d+$/);
  });
});

describe('Link', () => {
  test('links through a long session, every message once', async () => {
    for (const order of ['asc', 'desc']) {
      const seen: unknown[] = [];
      let path: string | undefined = `/sessions/long-session/messages?limit=100&order=${order}`;
      while (path !== undefined && seen.length <= 1234) {
        const answer = await ask(service, path);
        expect(answer.status).toBe(200);
        seen.push(...positions(answer));
        path = following(answer, 'next');
      }
      const all = Array.from({ length: 1234 }, (_, i) => String(order === 'asc' ? i : 1233 - i));
      expect(seen).toEqual(all);
    }
  });

  test('links back, and never before the first message', async () => {
    const path = session('back', 10);
    const answer = await ask(service, `${path}?limit=4&offset=6&order=asc`);
    expect(answer.headers.link).toBe(`<${path}?limit=4&offset=2&order=asc>; rel="prev"`);
    expect(following(await ask(service, `${path}?limit=4&offset=2`), 'prev')).toBe(
      `${path}?limit=4&offset=0&order=desc`,
    );
  });

  test('is left out if there is only one page', async () => {
    expect((await ask(service, session('one-page', 3))).headers.link).toBeUndefined();
  });

  test('works for an id with every allowed character', async () => {
    const id = 'AZaz09._~@:+=-';
    simulator.setSession(id, [textMessage('a', LONG_AGO), textMessage('b', LONG_AGO)]);
    const first = await ask(service, `/sessions/${id}/messages?limit=1`);
    const second = await ask(service, following(first, 'next') ?? '');
    expect(second.json()).toMatchObject({ sessionId: id, messages: [{ text: 'a' }] });
  });
});

describe('HEAD', () => {
  test('has the headers of GET and no body', async () => {
    const path = `${session('head', 30)}?limit=30`;
    for (const encoding of ['identity', 'gzip', 'br']) {
      const headers = { 'accept-encoding': encoding };
      const get = await ask(service, path, { headers });
      const head = await ask(service, path, { method: 'HEAD', headers });
      expect(head.status).toBe(200);
      expect(head.body).toHaveLength(0);
      for (const name of [
        'etag',
        'content-type',
        'content-length',
        'content-encoding',
        'cache-control',
        'vary',
        'link',
      ]) {
        expect([name, head.headers[name]]).toEqual([name, get.headers[name]]);
      }
    }
  });

  test("has the status and headers of GET's error, without its body", async () => {
    const head = await ask(service, '/sessions/none/messages?limit=0', { method: 'HEAD' });
    expect(head).toMatchObject({
      status: 400,
      headers: { 'content-type': expect.stringContaining('application/problem+json') },
    });
    expect(head.body).toHaveLength(0);
  });
});

describe('ETag', () => {
  test('is strong, the same for the same page and another for another', async () => {
    const path = session('tagged', 30);
    const tags = [];
    for (const query of ['', '', '?limit=3', '?order=asc', '?offset=1']) {
      tags.push((await ask(service, path + query)).headers.etag);
    }
    expect(tags[0]).toMatch(/^"[^"]+"$/);
    expect(tags[1]).toBe(tags[0]);
    expect(new Set(tags)).toHaveProperty('size', 4);
  });

  const unchanged: [string, (etag: string) => string][] = [
    ['the tag', (etag) => etag],
    ['the tag, weak', (etag) => `W/${etag}`],
    ['a list', (etag) => `"other", W/"another",${etag} , "last"`],
    ['a list whose tags hold commas', (etag) => `"a,b", ${etag}`],
    ['*', () => '*'],
  ];
  test.each(unchanged)('If-None-Match with %s answers 304', async (_, header) => {
    const path = session('unchanged', 30);
    const full = await ask(service, path);
    const answer = await ask(service, path, { headers: { 'if-none-match': header(String(full.headers.etag)) } });
    expect(answer.status).toBe(304);
    expect(answer.body).toHaveLength(0);
    expect(answer.headers).toMatchObject({
      etag: full.headers.etag,
      'last-modified': full.headers['last-modified'],
      'cache-control': full.headers['cache-control'],
      age: expect.stringMatching(/^\d+$/),
      'cache-status': expect.stringMatching(/^desk-bff; /),
      vary: 'Accept-Encoding',
      'x-request-id': expect.anything(),
    });
    expect(answer.headers).not.toHaveProperty('content-type');
    expect(answer.headers).not.toHaveProperty('content-encoding');
  });

  const changed: [string, (etag: string) => string][] = [
    ['another tag', () => '"other"'],
    ['the tag without its quotes', (etag) => etag.slice(1, -1)],
    ['a part of the tag', (etag) => `${etag.slice(0, -2)}"`],
    ['the tag inside another', (etag) => `"x${etag.slice(1)}`],
    ['* inside a tag', () => '"*"'],
    ['nothing', () => ''],
  ];
  test.each(changed)('If-None-Match with %s answers 200', async (_, header) => {
    const path = session('changed', 30);
    const { etag } = (await ask(service, path)).headers;
    const answer = await ask(service, path, { headers: { 'if-none-match': header(String(etag)) } });
    expect(answer.status).toBe(200);
  });

  test('If-None-Match on a HEAD answers 304 too', async () => {
    const path = session('unchanged-head', 3);
    const { etag } = (await ask(service, path)).headers;
    const headers = { 'if-none-match': String(etag) };
    expect((await ask(service, path, { method: 'HEAD', headers })).status).toBe(304);
  });

  test('If-Modified-Since is ignored', async () => {
    const path = session('since', 3);
    const headers = { 'if-modified-since': new Date().toUTCString() };
    expect((await ask(service, path, { headers })).status).toBe(200);
  });

  test('* does not turn an error into 304', async () => {
    const headers = { 'if-none-match': '*' };
    expect((await ask(service, '/sessions/no-such-session/messages', { headers })).status).toBe(404);
    expect((await ask(service, '/sessions/x/messages?limit=0', { headers })).status).toBe(400);
  });
});

describe('encodings', () => {
  test('each compress the same page under an ETag of its own', async () => {
    const path = `${session('packed', 100)}?limit=100`;
    const plain = await ask(service, path);
    const gzip = await ask(service, path, { headers: { 'accept-encoding': 'gzip' } });
    const br = await ask(service, path, { headers: { 'accept-encoding': 'br' } });
    expect(plain.headers).not.toHaveProperty('content-encoding');
    expect([gzip.headers['content-encoding'], br.headers['content-encoding']]).toEqual(['gzip', 'br']);
    expect(gunzipSync(gzip.body)).toEqual(plain.body);
    expect(brotliDecompressSync(br.body)).toEqual(plain.body);
    expect(new Set([plain, gzip, br].map(({ headers }) => headers.etag)).size).toBe(3);
    for (const { headers } of [plain, gzip, br]) expect(headers.vary).toBe('Accept-Encoding');
    for (const { headers, body } of [plain, gzip, br]) expect(headers['content-length']).toBe(String(body.length));
  });

  test('a tag of one encoding does not match another', async () => {
    const path = session('own-tag', 30);
    const gzip = await ask(service, path, { headers: { 'accept-encoding': 'gzip' } });
    const headers = { 'if-none-match': String(gzip.headers.etag) };
    expect((await ask(service, path, { headers })).status).toBe(200);
    expect((await ask(service, path, { headers: { ...headers, 'accept-encoding': 'gzip' } })).status).toBe(304);
  });

  test.each([
    ['gzip, deflate, br', 'br'],
    ['gzip;q=1, br;q=0.5', 'gzip'],
    ['GZIP', 'gzip'],
    ['*', 'br'],
    ['br;q=0, *', 'gzip'],
    ['gzip;q=0, br;q=0.000', undefined],
    ['deflate', undefined],
    ['identity, gzip;q=0.5', undefined],
    ['*;q=0', undefined],
    ['', undefined],
  ])('"%s" gets %s', async (accepted, chosen) => {
    const answer = await ask(service, session('accepted', 30), { headers: { 'accept-encoding': accepted } });
    expect(answer.headers['content-encoding']).toBe(chosen);
  });

  test('a body of up to 1 KB is sent uncompressed', async () => {
    const answer = await ask(service, session('small', 3), { headers: { 'accept-encoding': 'gzip, br' } });
    expect(answer.body.length).toBeLessThan(1024);
    expect(answer.headers).not.toHaveProperty('content-encoding');
    expect(answer.headers.vary).toBe('Accept-Encoding');
  });
});

describe('times', () => {
  test('Last-Modified is the newest message, also if the page does not hold it', async () => {
    const path = session('dated', 100);
    const newest = new Date(LONG_AGO + 99_000).toUTCString();
    expect((await ask(service, path)).headers['last-modified']).toBe(newest);
    expect((await ask(service, `${path}?order=asc`)).headers['last-modified']).toBe(newest);
    const old = await ask(service, session('old', 1, Date.parse('1812-06-24T00:00:00Z')));
    expect(old.headers['last-modified']).toBe('Wed, 24 Jun 1812 00:00:00 GMT');
  });

  test('Last-Modified is left out for an empty session and never in the future', async () => {
    expect((await ask(service, session('undated', 0))).headers).not.toHaveProperty('last-modified');
    const future = await ask(service, session('future', 1, Date.now() + 3_600_000));
    expect(Date.parse(String(future.headers['last-modified']))).toBeLessThanOrEqual(Date.now());
  });

  test.each([
    ['long ago', 86_400_000, 60],
    ['100 seconds ago', 100_500, 10],
    ['just now', 0, 2],
  ])('a session quiet since %s is fresh for a tenth of that, within the bounds', async (_, quietMs, seconds) => {
    const answer = await ask(service, session(`quiet-${seconds}`, 1, Date.now() - quietMs));
    expect(answer.headers['cache-control']).toBe(`private, max-age=${seconds}`);
    expect(answer.headers['age']).toBe('0');
  });

  test('Age grows while the lifetime stays', async () => {
    const path = session('ageing', 3);
    const first = await ask(service, path);
    expect(first.headers['cache-status']).toBe('desk-bff; fwd=miss; stored');
    let later = first;
    for (const end = Date.now() + 5000; later.headers['age'] === '0' && Date.now() < end;) {
      later = await ask(service, path);
    }
    expect(later.headers['age']).toBe('1');
    expect(later.headers['cache-control']).toBe(first.headers['cache-control']);
    expect(later.headers['cache-status']).toMatch(/^desk-bff; hit; ttl=(58|59)\b/);
  });
});

describe('Cache-Control: no-cache', () => {
  test.each(['no-cache', 'max-age=0, No-Cache', 'no-cache,no-store'])('%s asks the desk first', async (header) => {
    const id = `anew-${header.replace(/\W/g, '-')}`;
    const path = session(id, 3);
    await ask(service, path, { headers: { 'cache-control': header } });
    simulator.append(id, textMessage('fourth', LONG_AGO + 60_000));
    const answer = await ask(service, path, { headers: { 'cache-control': header } });
    expect(answer.json()).toMatchObject({
      messages: [{ text: 'fourth', position: 3 }, {}, {}, {}],
      page: { total: 4 },
    });
    expect(answer.headers['cache-status']).toMatch(/^desk-bff; fwd=request/);
  });

  test.each(['no-store', 'max-age=0', 'x-no-cache', 'only-if-cached'])('%s is ignored', async (header) => {
    const path = session(`ignored-${header}`, 3);
    await ask(service, path);
    const answer = await ask(service, path, { headers: { 'cache-control': header } });
    expect(answer.headers['cache-status']).toMatch(/^desk-bff; hit/);
  });

  test('answers the error, never a stale page, if the desk fails', async () => {
    const path = session('anew-fails', 3);
    await ask(service, path);
    simulator.failNext({ kind: 'error', code: 149999 }, { sessionId: 'anew-fails', times: 5 });
    const answer = await ask(service, path, { headers: { 'cache-control': 'no-cache' } });
    expect(answer).toMatchObject({ status: 502, headers: { 'cache-control': 'no-store' } });
  });
});

describe('X-Request-Id', () => {
  test.each(['a', 'A-b_c.9', 'x'.repeat(128)])('takes %s over', async (id) => {
    const answer = await ask(service, DOCUMENTED_PATH, { headers: { 'x-request-id': id } });
    expect(answer.headers['x-request-id']).toBe(id);
  });

  test.each(['', 'x'.repeat(129), 'a b', 'a/b', 'a"b', 'ä', 'a, b'])('generates one instead of "%s"', async (id) => {
    const answer = await ask(service, DOCUMENTED_PATH, { headers: { 'x-request-id': id } });
    expect(answer.headers['x-request-id']).toMatch(/^[\w.-]{8,128}$/);
    expect(answer.headers['x-request-id']).not.toBe(id);
  });

  test('is in the log line of its request', async () => {
    await ask(service, DOCUMENTED_PATH, { headers: { 'x-request-id': 'look-for-me' } });
    const line = await service.logged(/"requestId":"look-for-me".*"msg":"request"/);
    expect(JSON.parse(line)).toMatchObject({ route: '/sessions/:sessionId/messages', method: 'GET', status: 200 });
  });
});
