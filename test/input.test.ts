import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { textMessage } from '../simulator/sessions/wire.js';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { ask } from './http.js';
import { expectProblem } from './problem.js';
import { type Service, startService } from './service.js';

const LIMIT = 'must be an integer from 1 to 100';
const OFFSET = 'must be an integer from 0 to 2147483647';
const ORDER = 'must be asc or desc';
const SESSION_ID = 'must be 1 to 128 characters out of A-Z a-z 0-9 . _ ~ @ : + = -';
const STRANGER = 'is not a parameter of this resource';
const REPEATED = 'must be given once';

let simulator: Simulator;
let service: Service;

beforeAll(async () => {
  simulator = await startSimulator();
  service = await startService({ DESK_BASE_URL: simulator.url, DESK_MAX_RPS: '100000', RATE_LIMIT_PER_MINUTE: '0' });
});

afterAll(async () => {
  await service.kill();
  await simulator.close();
});

beforeEach(() => {
  simulator.forgetCalls();
});

async function expectRefused(path: string, errors: readonly { field: string; message: string }[]): Promise<void> {
  const answer = await ask(service, path);
  const [instance = ''] = path.split('?', 1);
  expectProblem(answer, { status: 400, code: 'invalid-request', instance, errors });
  expect(simulator.calls).toHaveLength(0);
}

/** A session of its own for each accepted query, so that none is answered from the cache. */
async function windowAsked(id: string, query: string): Promise<unknown> {
  simulator.setSession(
    id,
    Array.from({ length: 3 }, (_, i) => textMessage(`${i}`, i)),
  );
  const answer = await ask(service, `/sessions/${encodeURIComponent(id)}/messages${query}`);
  expect(answer.status).toBe(200);
  expect(simulator.calls).toHaveLength(1);
  return answer.json();
}

describe('accepted', () => {
  test.each([
    ['', { limit: 20, offset: 0, order: 'desc' }],
    ['?', { limit: 20, offset: 0, order: 'desc' }],
    ['?limit=1', { limit: 1, offset: 0, order: 'desc' }],
    ['?limit=100', { limit: 100, offset: 0, order: 'desc' }],
    ['?offset=2147483647', { limit: 20, offset: 2147483647, order: 'desc' }],
    ['?order=asc&offset=1&limit=2', { limit: 2, offset: 1, order: 'asc' }],
    ['?%6cimit=%31%30', { limit: 10, offset: 0, order: 'desc' }],
  ])('the query "%s"', async (query, page) => {
    expect(await windowAsked(`accepted${query.replace(/\W/g, '-')}`, query)).toMatchObject({ page });
  });

  test.each(['a', '.', '..', '-', 'A.B_c~d@e:f+g=h-9', '=', '+', 'constructor', '__proto__', 'x'.repeat(128)])(
    'the session id %s, encoded or not',
    async (id) => {
      simulator.setSession(id, [textMessage('here', 1)]);
      const encoded = id.replace(/./g, (char) => `%${char.charCodeAt(0).toString(16)}`);
      for (const written of [id, encoded]) {
        const answer = await ask(service, `/sessions/${written}/messages`);
        expect(answer).toMatchObject({ status: 200 });
        expect(answer.json()).toMatchObject({ sessionId: id, messages: [{ text: 'here' }] });
      }
      expect(simulator.calls.map(({ sessionId }) => sessionId)).toEqual([id]);
    },
  );
});

describe('refused', () => {
  const numbers = [
    '',
    '1.0',
    '0x10',
    '%205',
    '5%20',
    '+5',
    '%2B5',
    '1e1',
    '-1',
    '01',
    '00',
    '5,',
    '1_0',
    'NaN',
    'null',
  ];
  const others = ['ten', 'Infinity', '٣', '%EF%BC%95', '5%00', '%ff', '[5]', '5;offset=1', '9'.repeat(400)];
  test.each([...numbers, ...others, '0', '101', '1e2'])('limit=%s', async (value) => {
    await expectRefused(`/sessions/s/messages?limit=${value}`.replace(/[^\x20-\x7e]/g, encodeURIComponent), [
      { field: 'limit', message: LIMIT },
    ]);
  });

  test.each([...numbers, ...others, '2147483648', '-0', '9007199254740993'])('offset=%s', async (value) => {
    await expectRefused(`/sessions/s/messages?offset=${value}`.replace(/[^\x20-\x7e]/g, encodeURIComponent), [
      { field: 'offset', message: OFFSET },
    ]);
  });

  test.each(['', 'ASC', 'Desc', '1', 'asc%20', 'asc,desc', 'constructor', '%ff'])('order=%s', async (value) => {
    await expectRefused(`/sessions/s/messages?order=${value}`, [{ field: 'order', message: ORDER }]);
  });

  test.each([
    ['limit[]=5', 'limit[]'],
    ['limit%5B%5D=5', 'limit[]'],
    ['Limit=5', 'Limit'],
    ['__proto__=1', '__proto__'],
    ['__proto__[limit]=1', '__proto__[limit]'],
    ['constructor=1', 'constructor'],
    ['sessionId=other', 'sessionId'],
    ['page=2', 'page'],
    ['limit', 'limit', LIMIT],
    ['x', 'x'],
    ['=', ''],
    ['=5', ''],
    ['%ff=1', '\ufffd'],
    ['%=1', '%'],
    ['?limit=5', '?limit'],
    ['%20limit=5', ' limit'],
    ['limit=5&limit=5', 'limit', REPEATED],
    ['limit=5&limit=', 'limit', REPEATED],
    ['limit=5&limi%74=6', 'limit', REPEATED],
    ['order=asc&order=asc', 'order', REPEATED],
    ['offset=0&offset=x', 'offset', REPEATED],
    ['x=1&x=2', 'x'],
  ])('the stranger "%s"', async (query, field, message = STRANGER) => {
    await expectRefused(`/sessions/s/messages?${query}`, [{ field, message }]);
  });

  test.each([
    ['129 characters', 'x'.repeat(129)],
    ['129 characters, each encoded', '%78'.repeat(129)],
    ['12,000 characters', 'x'.repeat(12_000)],
    ['nothing', ''],
    ['a space', 'a%20b'],
    ['an encoded slash', 'a%2Fb'],
    ['a question mark', 'a%3Fb'],
    ['a hash', 'a%23b'],
    ['a percent sign', 'a%25b'],
    ['an encoding inside an encoding', '%2541'],
    ['NUL', 'a%00'],
    ['a line end', 'a%0A'],
    ['a letter of another alphabet', '%C3%A4'],
    ['an emoji', '%F0%9F%8E%A7'],
    ['a backslash', 'a%5Cb'],
    ['a semicolon', 'a;b'],
    ['a comma', 'a,b'],
    ['an asterisk', '*'],
    ['a quote', "a'b"],
  ])('a session id with %s', async (_, id) => {
    await expectRefused(`/sessions/${id}/messages`, [{ field: 'sessionId', message: SESSION_ID }]);
  });

  test.each(['%ff', '%', '%2', '%zz', 'a%C3', '%ED%A0%80', '%C0%AE'])(
    'a path that cannot be decoded: %s',
    async (id) => {
      const instance = `/sessions/${id}/messages`;
      const answer = await ask(service, `${instance}?limit=5`);
      expect(answer.status).toBe(400);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.json()).toMatchObject({ status: 400, code: 'invalid-request', instance });
      expect(simulator.calls).toHaveLength(0);
    },
  );

  test('every fault is listed in one answer', async () => {
    const answer = await ask(service, '/sessions/a%20b/messages?limit=0&offset=-1&order=up&x=1&y=2&y=3');
    expectProblem(answer, {
      status: 400,
      code: 'invalid-request',
      instance: '/sessions/a%20b/messages',
      errors: [
        { field: 'x', message: STRANGER },
        { field: 'y', message: STRANGER },
        { field: 'sessionId', message: SESSION_ID },
        { field: 'limit', message: LIMIT },
        { field: 'offset', message: OFFSET },
        { field: 'order', message: ORDER },
      ],
    });
    expect(simulator.calls).toHaveLength(0);
  });

  test('of more than 20 faults the first 20 are listed', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `x${i}`);
    await expectRefused(
      `/sessions/a%20b/messages?limit=1&${names.join('&')}&limit=1`,
      [{ field: 'limit', message: REPEATED }, ...names.map((field) => ({ field, message: STRANGER }))].slice(0, 20),
    );
  });

  test('a rejected query is rejected in the same way when it is sent again', async () => {
    for (let times = 0; times < 3; times++) {
      await expectRefused('/sessions/a%20b/messages?limit=7', [{ field: 'sessionId', message: SESSION_ID }]);
      await expectRefused('/sessions/s/messages?limit=777', [{ field: 'limit', message: LIMIT }]);
    }
  });
});

describe('random input', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }).map(encodeURIComponent),
    fc.string({ unit: 'grapheme-ascii', maxLength: 20 }).map((raw) => raw.replace(/[\s#?&/]/g, '')),
    fc
      .array(fc.constantFrom('%', '%f', '%ff', '[', ']', '.', '+', '0', '1', '9', '=', '%00', '__proto__'), {
        maxLength: 8,
      })
      .map((parts) => parts.join('')),
    fc.integer({ min: -5, max: 130 }).map(String),
  );
  const name = fc.oneof(fc.constantFrom('limit', 'offset', 'order', 'limit[]', 'Order'), text);
  const value = fc.oneof(fc.constantFrom('asc', 'desc', '1', '100', '0'), text);
  const query = fc.array(fc.tuple(name, value), { maxLength: 4 });

  test('400 random inputs give no 500, and none that is invalid reaches the desk', async () => {
    simulator.setSession('s', [textMessage('here', 1)]);
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.constant('s'), text), query, async (id, pairs) => {
        simulator.forgetCalls();
        const search = pairs.map(([key, given]) => `${key}=${given}`).join('&');
        const answer = await ask(service, `/sessions/${id}/messages?${search}`, {
          headers: { 'cache-control': 'no-cache' },
        });
        seen.add(answer.status);
        expect([200, 400, 404]).toContain(answer.status);
        if (answer.status !== 200) expect(answer.headers['content-type']).toContain('application/problem+json');
        const reached = simulator.calls.length > 0;
        expect(reached).toBe(isValid(id, search));
      }),
      { numRuns: 400 },
    );
    expect([...seen].sort()).toEqual([200, 400, 404]);
  });

  /** The rules of docs/api.md again, independent of the service's code. */
  function isValid(id: string, search: string): boolean {
    const decoded = decodedOrUndefined(id);
    if (decoded === undefined || !/^[A-Za-z0-9._~@:+=-]{1,128}$/.test(decoded)) return false;
    const names = new Set<string>();
    return [...new URLSearchParams(search)].every(([key, given]) => {
      if (names.has(key)) return false;
      names.add(key);
      const number = String(Number.parseInt(given, 10)) === given ? Number(given) : Number.NaN;
      if (key === 'limit') return number >= 1 && number <= 100;
      if (key === 'offset') return number >= 0 && number <= 2147483647;
      return key === 'order' && (given === 'asc' || given === 'desc');
    });
  }

  function decodedOrUndefined(id: string): string | undefined {
    try {
      return decodeURIComponent(id);
    } catch {
      return undefined;
    }
  }
});
