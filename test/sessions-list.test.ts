import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from '@jest/globals';
import { sampleRecord } from '../simulator/sessions/own-records.js';
import { type Fault } from '../simulator/fault.js';
import { isList, isObject, type JsonObject } from '../simulator/json-object.js';
import { MALFORMATIONS } from '../simulator/malformed.js';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { type Answer, ask } from './http.js';
import { expectProblem } from './problem.js';
import { readScrape } from './scrape.js';
import { type Service, startService } from './service.js';
import { until } from './until.js';

const COMMAND = 'describe_im_cdr_list';
const FROM = '2024-10-31T16:00:00Z';
const TO = '2024-11-01T15:59:59Z';

/** The sample of the command's own page. */
const sample = sampleRecord('a97d3e1f-a88b-403b-9b3a-7bc6554ea05d', 1730443136);

const shown = {
  id: 'a97d3e1f-a88b-403b-9b3a-7bc6554ea05d',
  startedAt: '2024-11-01T06:38:56Z',
  durationSeconds: 10,
  channel: 'SDK',
  client: { id: '1299314544', nickname: '山浓' },
  agent: { id: 'shannon@qq.com' },
  group: { id: '3067', name: '在线客服' },
  endStatus: 'AgentEndedSession',
  satisfaction: 5,
};

const environment = {
  DESK_MAX_RPS: '10000',
  RATE_LIMIT_PER_MINUTE: '0',
  DESK_COOLDOWN_MIN_MS: '1',
  DESK_COOLDOWN_MAX_MS: '1',
};

let simulator: Simulator;
let service: Service;
let periods = 0;

beforeAll(async () => {
  simulator = await startSimulator();
  service = await startService({ DESK_BASE_URL: simulator.url, ...environment });
});
beforeEach(() => {
  simulator.reset();
});
afterAll(async () => {
  await service.kill();
  await simulator.close();
});

/** A period that no other test asks for, long ago. */
function period(): { from: string; to: string; query: string } {
  const at = Date.UTC(2001, 0, 1) + ++periods * 86_400_000;
  const [from = '', to = ''] = [at, at + 3_600_000].map((ms) => new Date(ms).toISOString().replace('.000Z', 'Z'));
  return { from, to, query: `from=${from}&to=${to}` };
}

/** Numbered records in that period, or modified by a test. */
function numbered(count: number, { from }: { from: string }, of: (i: number) => JsonObject = () => ({})): JsonObject[] {
  const Timestamp = Math.floor(Date.parse(from) / 1000);
  return Array.from({ length: count }, (_, i) => ({ SessionId: `s${i}`, Timestamp, ...of(i) }));
}

const list = (query: string, headers: Record<string, string> = {}) => ask(service, `/sessions?${query}`, { headers });

function idsIn(answer: Answer): unknown[] {
  const body = answer.json();
  const sessions = isObject(body) ? body['sessions'] : undefined;
  return isList(sessions) ? sessions.map((session) => (isObject(session) ? session['id'] : undefined)) : [];
}

const pageIn = (answer: Answer): unknown => {
  const body = answer.json();
  return isObject(body) ? body['page'] : undefined;
};

const names = (from: number, end: number) => Array.from({ length: end - from }, (_, i) => `s${from + i}`);

describe('a page of sessions', () => {
  it('is as documented, byte for byte', async () => {
    simulator.setRecords([sample]);
    const answer = await list(`from=${FROM}&to=${TO}&clientId=1299314544`);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.text).toBe(
      JSON.stringify({
        period: { from: FROM, to: TO },
        sessions: [shown],
        page: { limit: 20, offset: 0, total: 1, nextOffset: null },
      }),
    );
    expect(simulator.calls).toMatchObject([
      { command: COMMAND, from: 1730390400, to: 1730476799, clientId: '1299314544', limit: 100, offset: 0 },
    ]);
  });

  const empty = { client: { id: null, nickname: null }, agent: { id: null }, group: { id: null, name: null } };
  const nothing = { durationSeconds: null, channel: null, ...empty, endStatus: null, satisfaction: null };
  const scalars = Object.keys(sample).filter((name) => name !== 'SessionId' && name !== 'Timestamp');
  test.each([
    ['left out', {}],
    ['null', Object.fromEntries(scalars.map((name) => [name, null]))],
    ['empty', Object.fromEntries(scalars.map((name) => [name, '']))],
    ['of another type', Object.fromEntries(scalars.map((name) => [name, { a: [1] }]))],
  ])('has null if a scalar is %s', async (_, fields) => {
    const one = period();
    simulator.setRecords(numbered(1, one, () => fields));
    expect((await list(one.query)).json()).toMatchObject({ sessions: [{ id: 's0', startedAt: one.from, ...nothing }] });
  });

  it('accepts every undocumented shape', async () => {
    const one = period();
    const odd: JsonObject[] = [
      { AgentGroupId: 3067 },
      { EndStatus: 'SomethingNobodyKnows' },
      { ChannelType: 'Web(H5)' },
      { Duration: '10' },
      ...[0, 1, 5, 6, 2.5, '5', null].map((SatisfactionSelected) => ({ SatisfactionSelected })),
      { FieldOfTomorrow: { any: 'thing' } },
    ];
    simulator.setRecords(numbered(odd.length, one, (i) => odd[i] ?? {}));
    const stars = [null, 1, 5, null, null, null, null].map((satisfaction) => ({ satisfaction }));
    expect((await list(one.query)).json()).toMatchObject({
      sessions: [
        { group: { id: '3067' } },
        { endStatus: 'SomethingNobodyKnows' },
        { channel: 'Web(H5)' },
        { durationSeconds: null },
        ...stars,
        { id: 's11' },
      ],
    });
  });

  it('keeps the desk’s order', async () => {
    const one = period();
    const order = [3, 1, 2];
    simulator.setRecords(numbered(3, one, (i) => ({ SessionId: `s${order[i] ?? 0}` })));
    expect(idsIn(await list(one.query))).toEqual(['s3', 's1', 's2']);
  });

  test.each(['list', 'null', 'absent'] as const)('may be empty, with %s for records', async (empty) => {
    simulator.setRecords([]);
    simulator.answerNoRecordsWith(empty);
    const one = period();
    expect((await list(one.query)).json()).toEqual({
      period: { from: one.from, to: one.to },
      sessions: [],
      page: { limit: 20, offset: 0, total: 0, nextOffset: null },
    });
  });
});

describe('paging', () => {
  it('spells the period and the client out in Link', async () => {
    const one = period();
    simulator.setRecords(numbered(50, one, () => ({ ClientUserId: '+44:a=b' })));
    const answer = await list(`${one.query}&clientId=%2B44%3Aa%3Db&limit=20&offset=10`);
    const at = `/sessions?from=${one.from}&to=${one.to}&clientId=%2B44%3Aa%3Db&limit=20&offset=`;
    expect(answer.headers.link).toBe(`<${at}30>; rel="next", <${at}0>; rel="prev"`);
    const next = /<([^>]+)>; rel="next"/.exec(String(answer.headers.link))?.[1] ?? '';
    expect(idsIn(await ask(service, next))).toEqual(names(30, 50));
    expect((await ask(service, next)).headers.link).not.toContain('next');
  });

  it('stays in one period from the default one on', async () => {
    simulator.setRecords(numbered(30, { from: new Date().toISOString() }, () => ({ ClientUserId: 'default' })));
    const answer = await list('clientId=default');
    const body = answer.json();
    const { from, to } = isObject(body) && isObject(body['period']) ? body['period'] : {};
    expect(answer.headers.link).toBe(
      `</sessions?from=${String(from)}&to=${String(to)}&clientId=default&limit=20&offset=20>; rel="next"`,
    );
    const length = Date.parse(String(to)) - Date.parse(String(from));
    expect([length, String(to).slice(-4)]).toEqual([86_400_000, ':59Z']);
  });

  it('serves every page size and offset from one call for each hundred, two if a cold page straddles', async () => {
    const one = period();
    simulator.setRecords(numbered(250, one));
    expect(pageIn(await list(`${one.query}&limit=20&offset=90`))).toEqual({
      ...{ limit: 20, offset: 90, total: 250, nextOffset: 110 },
    });
    expect(simulator.calls.map(({ offset, limit }) => [offset, limit])).toEqual([
      [0, 100],
      [100, 100],
    ]);
    for (const [limit, offset] of [
      [1, 0],
      [100, 0],
      [7, 93],
      [100, 55],
      [99, 101],
    ] as const) {
      expect(idsIn(await list(`${one.query}&limit=${limit}&offset=${offset}`))).toEqual(names(offset, offset + limit));
    }
    expect(simulator.calls).toHaveLength(2);
    expect(pageIn(await list(`${one.query}&limit=100&offset=200`))).toMatchObject({ total: 250, nextOffset: null });
    expect(simulator.calls).toHaveLength(3);
  });

  it('fetches the older block again, once, if the totals differ', async () => {
    const one = period();
    simulator.setRecords(numbered(150, one));
    await list(one.query);
    simulator.setRecords(numbered(151, one));
    const answer = await list(`${one.query}&offset=90`);
    expect(pageIn(answer)).toMatchObject({ total: 151 });
    expect(idsIn(answer)).toEqual(names(90, 110));
    expect(simulator.calls.map(({ offset }) => offset)).toEqual([0, 100, 0]);
    expect(answer.headers['cache-status']).toBe('desk-bff; fwd=stale; stored');
  });

  it('is an empty page beyond a known total, and costs no call', async () => {
    const one = period();
    simulator.setRecords(numbered(5, one));
    await list(one.query);
    for (const offset of [5, 100, 2147483647]) {
      const answer = await list(`${one.query}&offset=${offset}`);
      expect([answer.status, idsIn(answer)]).toEqual([200, []]);
      expect(pageIn(answer)).toEqual({ limit: 20, offset, total: 5, nextOffset: null });
      expect(answer.headers.link).toMatch(/rel="prev"$/);
    }
    expect(simulator.calls).toHaveLength(1);
  });
});

describe('the period', () => {
  test.each([
    [`from=${FROM}&to=2024-11-01T23:59:59%2B08:00`, FROM, TO],
    [`from=2024-11-01T00:00:00+08:00&to=2024-11-01T23:59:59.999%2B08:00`, FROM, TO],
    ['from=2024-10-31t16:00:00z', FROM, '2024-11-01T16:00:00Z'],
    ['to=2024-11-01T15:59:59Z', '2024-10-31T15:59:59Z', TO],
    ['from=1970-01-01T00:00:00Z&to=9999-12-31T23:59:59Z', '1970-01-01T00:00:00Z', '9999-12-31T23:59:59Z'],
    ['from=2024-11-01T00:00:00Z&to=2024-11-01T00:00:00Z', '2024-11-01T00:00:00Z', '2024-11-01T00:00:00Z'],
  ])('%s is %s to %s', async (query, from, to) => {
    simulator.setRecords([]);
    expect((await list(query)).json()).toMatchObject({ period: { from, to } });
  });

  it('includes both its ends', async () => {
    const one = period();
    const [first, last] = [one.from, one.to].map((text) => Date.parse(text) / 1000);
    simulator.setRecords([first, last].map((Timestamp, i) => ({ SessionId: `s${i}`, Timestamp })));
    expect(idsIn(await list(one.query))).toEqual(['s0', 's1']);
  });

  it('is the last 24 h where none is given: the demo has something to show there, the growing session among it', async () => {
    const answer = await list('limit=100');
    expect(idsIn(answer)).toContain('growing-session');
    expect(pageIn(answer)).toMatchObject({ total: expect.any(Number) });
    expect(simulator.calls).toHaveLength(1);
  });

  const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
  test.each([
    ['long over', 100_000, 60],
    ['over for five minutes', 300, 30],
    ['not over yet', -3600, 2],
  ])('that is %s is fresh for a tenth of the time since its end, within bounds', async (_, ago, maxAge) => {
    const answer = await list(`from=2000-01-01T00:00:00Z&to=${secondsAgo(ago)}&clientId=fresh`);
    expect(answer.headers['cache-control']).toBe(`private, max-age=${maxAge}`);
  });
});

describe('bad input', () => {
  const rule = 'must be an RFC 3339 date-time of the years 1970 to 9999';
  const idRule = 'must be 1 to 128 characters out of A-Z a-z 0-9 . _ ~ @ : + = -';
  test.each([
    ['from=2024-11-01', [{ field: 'from', message: rule }]],
    ['to=2024-02-30T00:00:00Z', [{ field: 'to', message: rule }]],
    ['from=1969-12-31T23:59:59Z', [{ field: 'from', message: rule }]],
    ['to=10000-01-01T00:00:00Z', [{ field: 'to', message: rule }]],
    ['from=', [{ field: 'from', message: rule }]],
    ['from=2024-11-02T00:00:00Z&to=2024-11-01T00:00:00Z', [{ field: 'from', message: 'must not be after to' }]],
    [`from=${FROM}&from=${FROM}`, [{ field: 'from', message: 'must be given once' }]],
    ['clientId=', [{ field: 'clientId', message: idRule }]],
    ['clientId=a%2Fb', [{ field: 'clientId', message: idRule }]],
    ['limit=1.0', [{ field: 'limit', message: 'must be an integer from 1 to 100' }]],
    ['order=asc', [{ field: 'order', message: 'is not a parameter of this resource' }]],
    [
      'x=1&from=y&to=&clientId=%20&limit=101&offset=-1',
      [
        { field: 'x', message: 'is not a parameter of this resource' },
        { field: 'from', message: rule },
        { field: 'to', message: rule },
        { field: 'clientId', message: idRule },
        { field: 'limit', message: 'must be an integer from 1 to 100' },
        { field: 'offset', message: 'must be an integer from 0 to 2147483647' },
      ],
    ],
  ])('%s is 400, and costs no call', async (query, errors) => {
    const answer = await list(query);
    expectProblem(answer, { status: 400, code: 'invalid-request', instance: '/sessions', errors });
    expect(simulator.calls).toHaveLength(0);
  });

  it('rejected by the desk (141004) is 400 and never cached', async () => {
    const one = period();
    simulator.failNext({ kind: 'error', code: 141004 }, { command: COMMAND });
    const problem = { status: 400, code: 'invalid-request', instance: '/sessions', upstreamCode: 141004 } as const;
    expectProblem(await list(one.query), problem);
    expect((await list(one.query)).status).toBe(200);
  });

  it('in a method is 405', async () => {
    const answer = await ask(service, '/sessions', { method: 'POST' });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
  });
});

describe('a malformed answer is 502', () => {
  const at = (Timestamp: unknown, more: JsonObject = {}) => [{ SessionId: 's', Timestamp, ...more }];
  test.each<[string, readonly unknown[]]>([
    ['no id', [{ Timestamp: 1 }]],
    ['an empty id', at(1, { SessionId: '' })],
    ['a number for an id', at(1, { SessionId: 7 })],
    ['no time', [{ SessionId: 's' }]],
    ['a time as text', at('1730443136')],
    ['null for a time', at(null)],
    ['a number for a record', [7]],
    ['null for a record', [null]],
    ['a list for a record', [[]]],
  ])('where a record has %s', async (_, records) => {
    simulator.setRecords(records);
    const query = 'from=1970-01-01T00:00:00Z&to=1970-01-02T00:00:00Z';
    expectProblem(await list(query), { status: 502, code: 'upstream-failed', instance: '/sessions' });
  });

  /** Still valid lists: only an unused field is malformed, or there are fewer records than requested. */
  const harmless = ['invalid-utf8', 'fewer-than-asked', 'deeply-nested'];
  const faults = MALFORMATIONS.filter((how) => !harmless.includes(how)).map((how): Fault => ({
    kind: 'malformed',
    how,
  }));
  test.each([...faults, { kind: 'oversized', bytes: 5 * 1024 * 1024 } as const, { kind: 'total', total: -1 } as const])(
    'as of any command: %j',
    async (fault) => {
      const one = period();
      simulator.setRecords(numbered(100, one));
      simulator.faultUntilReset(fault, { command: COMMAND });
      expectProblem(await list(one.query), { status: 502, code: 'upstream-failed', instance: '/sessions' });
    },
  );

  test.each([141005, 141010, 141027])('%d is an unknown code here', async (code) => {
    simulator.faultUntilReset({ kind: 'error', code }, { command: COMMAND });
    const problem = { status: 502, code: 'upstream-failed', instance: '/sessions', upstreamCode: code } as const;
    expectProblem(await list(period().query), problem);
  });
});

describe('the answer in HTTP', () => {
  it('has validators and an age, and no Last-Modified', async () => {
    const one = period();
    simulator.setRecords(numbered(3, one));
    const first = await list(one.query);
    expect(first.headers).toMatchObject({
      etag: expect.stringMatching(/^"[\w-]+"$/),
      age: '0',
      vary: 'Accept-Encoding',
      'cache-control': 'private, max-age=60',
      'cache-status': 'desk-bff; fwd=miss; stored',
    });
    expect(first.headers).not.toHaveProperty('last-modified');
    const second = await list(one.query);
    expect(second.headers['cache-status']).toMatch(/^desk-bff; hit; ttl=\d+; detail=memory$/);
    const unchanged = await list(one.query, { 'if-none-match': `W/"x", ${String(first.headers.etag)}` });
    expect([unchanged.status, unchanged.body.length]).toEqual([304, 0]);
    expect(unchanged.headers.etag).toBe(first.headers.etag);
    const head = await ask(service, `/sessions?${one.query}`, { method: 'HEAD' });
    expect([head.status, head.body.length, head.headers['content-length']]).toEqual([
      ...[200, 0],
      String(first.body.length),
    ]);
    expect(head.headers.etag).toBe(first.headers.etag);
    expect(simulator.calls).toHaveLength(1);
  });

  it('is compressed for those who accept it, each encoding with an ETag of its own', async () => {
    const one = period();
    simulator.setRecords(numbered(100, one));
    const plain = await list(`${one.query}&limit=100`);
    const gzip = await list(`${one.query}&limit=100`, { 'accept-encoding': 'gzip' });
    const br = await list(`${one.query}&limit=100`, { 'accept-encoding': 'br, gzip' });
    expect([gzip.headers['content-encoding'], br.headers['content-encoding']]).toEqual(['gzip', 'br']);
    expect(gunzipSync(gzip.body)).toEqual(plain.body);
    expect(brotliDecompressSync(br.body)).toEqual(plain.body);
    expect(new Set([plain, gzip, br].map(({ headers }) => headers.etag)).size).toBe(3);
    expect(simulator.calls).toHaveLength(1);
  });

  it('comes from the desk first for no-cache, for every block of the page, and then for everybody', async () => {
    const one = period();
    simulator.setRecords(numbered(150, one));
    await list(`${one.query}&offset=90`);
    simulator.setRecords(numbered(160, one));
    const anew = await list(`${one.query}&offset=90`, { 'cache-control': 'no-cache' });
    expect(anew.headers['cache-status']).toBe('desk-bff; fwd=request; stored');
    expect(pageIn(anew)).toMatchObject({ total: 160 });
    expect(pageIn(await list(one.query))).toMatchObject({ total: 160 });
    expect(simulator.calls).toHaveLength(4);
    simulator.faultUntilReset({ kind: 'error', code: 141002 }, { command: COMMAND });
    expect((await list(one.query, { 'cache-control': 'no-cache' })).status).toBe(502);
    expect((await list(one.query)).status).toBe(200);
  });

  it('of 50 concurrent requests for the default period comes from one call', async () => {
    simulator.setRecords(numbered(3, { from: new Date().toISOString() }, () => ({ ClientUserId: 'crowd' })));
    simulator.latency(100);
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => list(`clientId=crowd&limit=${1 + i}`)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    // The minute may end meanwhile.
    expect(simulator.calls.length).toBeLessThanOrEqual(2);
    const minutes = new Set(simulator.calls.map(({ to }) => to));
    expect(simulator.calls).toHaveLength(minutes.size);
  });
});

describe('a list that is no longer fresh', () => {
  let other: Service;
  beforeAll(async () => {
    other = await startService({
      DESK_BASE_URL: simulator.url,
      ...environment,
      CACHE_FRESH_MIN_MS: '0',
      CACHE_FRESH_MAX_MS: '0',
      CACHE_STALE_WHILE_REVALIDATE_MS: '1500',
    });
  });
  afterAll(() => other.kill());

  it('is served at once while one refresh runs, then as the desk has it now', async () => {
    const one = period();
    simulator.setRecords(numbered(3, one));
    await ask(other, `/sessions?${one.query}`);
    simulator.setRecords(numbered(4, one));
    const stale = await ask(other, `/sessions?${one.query}`);
    expect(pageIn(stale)).toMatchObject({ total: 3 });
    expect(stale.headers['cache-status']).toMatch(/^desk-bff; hit; ttl=-\d+; detail=memory$/);
    let total: unknown = 3;
    await until(async () => {
      total = pageTotal(await ask(other, `/sessions?${one.query}`));
      return total !== 3;
    });
    expect(total).toBe(4);
  });

  it('is served if the desk fails or limits', async () => {
    const one = period();
    simulator.setRecords(numbered(3, one));
    await ask(other, `/sessions?${one.query}`);
    for (const code of [141009, 141002]) {
      simulator.clearFaults();
      simulator.faultUntilReset({ kind: 'error', code }, { command: COMMAND });
      // Beyond the time in which it is served before the desk is asked.
      await new Promise((resolve) => setTimeout(resolve, 1600));
      const answer = await ask(other, `/sessions?${one.query}`);
      expect([answer.status, pageTotal(answer)]).toEqual([200, 3]);
    }
  });
});

function pageTotal(answer: Answer): unknown {
  const page = pageIn(answer);
  return isObject(page) ? page['total'] : undefined;
}

test('141009 stops only its own command; a limit of the application stops all', async () => {
  const other = await startService({
    DESK_BASE_URL: simulator.url,
    DESK_MAX_RPS: '10000',
    DESK_COOLDOWN_MIN_MS: '60000',
  });
  try {
    const get = async (path: string) => (await ask(other, path)).status;
    simulator.failNext({ kind: 'error', code: 141009 }, { command: COMMAND });
    const limited = await ask(other, `/sessions?${period().query}`);
    expectProblem(limited, {
      ...{ status: 429, code: 'upstream-rate-limited', instance: '/sessions', upstreamCode: 141009 },
    });
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(50);
    expect(await get(`/sessions?${period().query}`)).toBe(429);
    expect(await get('/sessions/load-1/messages')).toBe(200);
    expect(await get('/sessions/load-1')).toBe(200);
    const { text } = await ask(other, '/metrics');
    expect(text).toMatch(/desk_cooldown_seconds\{command="describe_im_cdr_list"\} [1-9]/);
    expect(text).toMatch(/desk_cooldown_seconds\{command="all"\} 0/);
    expect(simulator.calls).toHaveLength(3);
    simulator.failNext({ kind: 'error', code: 60011 }, { command: 'get_session_state' });
    expect(await get('/sessions/load-2')).toBe(429);
    expect(await get('/sessions/load-2/messages')).toBe(429);
    expect(simulator.calls).toHaveLength(4);
  } finally {
    await other.kill();
  }
});

describe('the operator', () => {
  it('finds lists under labels of their own', async () => {
    await list(period().query);
    const scrape = readScrape((await ask(service, '/metrics')).text);
    const has = (name: string, labels: Record<string, string>) =>
      (scrape.get(name) ?? []).some((sample) =>
        Object.entries(labels).every(([label, value]) => sample.get(label) === value),
      );
    const route = { route: '/sessions', method: 'GET', status: '200' };
    expect(has('http_request_duration_seconds_count', route)).toBe(true);
    expect(has('cache_requests_total', { resource: 'sessions', outcome: 'miss', level: 'none' })).toBe(true);
    expect(has('desk_calls_total', { command: COMMAND, code: '0' })).toBe(true);
    expect(has('desk_call_duration_seconds_count', { command: COMMAND })).toBe(true);
  });

  it('can read who listed what, but no client’s id or name', async () => {
    const one = period();
    const personal = { ClientUserId: 'client-7', ClientUserNickName: 'Nick-7' };
    simulator.setRecords(numbered(1, one, () => personal));
    const id = (nth: number) => ({ 'x-request-id': `list-${one.from}-${nth}`.replaceAll(':', '.') });
    const query = `${one.query}&clientId=client-7&limit=3`;
    expect((await list(query, id(1))).text).toContain('Nick-7');
    await list(query, id(2));
    await list('', id(3));
    const lines = await linesOf(id(3)['x-request-id']);
    expect(lines.join('\n')).toMatch(/"list":"sessions","period":"default","ofClient":false,"limit":20,"offset":0/);
    const [first = '', second = ''] = (await linesOf(id(1)['x-request-id']))
      .concat(await linesOf(id(2)['x-request-id']))
      .filter((line) => line.includes('"audit"'));
    const asked = `"list":"sessions","from":"${one.from}","to":"${one.to}","ofClient":true,"limit":3,"offset":0`;
    expect(first).toContain(`"caller":"127.0.0.1",${asked},"outcome":"miss","status":200`);
    expect(second).toContain(`"caller":"127.0.0.1",${asked},"outcome":"hit","status":200`);
    expect(service.output()).not.toMatch(/client-7|Nick-7/);
  });
});

async function linesOf(requestId: string): Promise<string[]> {
  for (let tries = 0; tries < 200; tries++) {
    const lines = service.output().split('\n');
    const found = lines.filter((line) => line.includes(`"requestId":"${requestId}"`));
    if (found.length === 2) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`no access line and audit line of ${requestId}`);
}
