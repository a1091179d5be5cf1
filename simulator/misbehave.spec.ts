import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from '@jest/globals';
import { ask, deskUrl, readAnswer } from './client.js';
import { type Fault } from './fault.js';
import { MALFORMATIONS } from './malformed.js';
import { type Simulator, startSimulator } from './simulator.js';
import { makeUserSig } from './user-sig.js';

const QUESTION = { SessionId: 'b0f4ca12-4850-4218-a284-efe679a87066' };

let desk: Simulator;
beforeAll(async () => {
  desk = await startSimulator();
});
beforeEach(() => {
  desk.reset();
});
afterAll(() => desk.close());

function raw(signal?: AbortSignal): Promise<Response> {
  return fetch(deskUrl(desk), { method: 'POST', body: JSON.stringify(QUESTION), ...(signal ? { signal } : {}) });
}

async function after(fault: Fault): Promise<string> {
  desk.failNext(fault);
  return (await raw()).text();
}

describe('can be told to answer', () => {
  it('with any error code, and then normally again', async () => {
    desk.failNext({ kind: 'error', code: 70500 });
    desk.failNext({ kind: 'error', code: 987654, info: 'as you like' });
    expect(await ask(desk, QUESTION)).toMatchObject({ ActionStatus: 'FAIL', ErrorCode: 70500 });
    expect(await ask(desk, QUESTION)).toMatchObject({ ErrorCode: 987654, ErrorInfo: 'as you like' });
    expect(await ask(desk, QUESTION)).toMatchObject({ ErrorCode: 0 });
    expect(desk.calls.map(({ fault, errorCode }) => [fault, errorCode])).toEqual([
      ['error', 70500],
      ['error', 987654],
      [null, 0],
    ]);
  });

  test.each([404, 429, 502])('with HTTP %i', async (status) => {
    desk.failNext({ kind: 'status', status, retryAfter: 3 });
    const response = await raw();
    expect(response.status).toBe(status);
    expect(response.headers.get('retry-after')).toBe('3');
    expect(await response.text()).toContain('<html>');
  });

  it('late', async () => {
    desk.failNext({ kind: 'latency', ms: 80 });
    const start = performance.now();
    expect(await ask(desk, QUESTION)).toMatchObject({ ErrorCode: 0 });
    expect(performance.now() - start).toBeGreaterThanOrEqual(75);
  });

  it('half of the JSON', async () => {
    const half = await after({ kind: 'truncated' });
    expect(() => void JSON.parse(half)).toThrow(SyntaxError);
    expect(half).toMatch(/^\{"ActionStatus":"OK"/);
  });

  it('drop by drop', async () => {
    desk.failNext({ kind: 'drip', bytes: 500, everyMs: 10 });
    const start = performance.now();
    expect(await readAnswer(await raw())).toMatchObject({ ErrorCode: 0, TotalCount: 26 });
    expect(performance.now() - start).toBeGreaterThan(40);
  });

  it('with a wrong TotalCount', async () => {
    desk.failNext({ kind: 'total', total: 3 });
    expect(await ask(desk, QUESTION)).toMatchObject({ TotalCount: 3 });
  });

  it('with any body', async () => {
    expect(await after({ kind: 'body', body: '{"ErrorCode":0}' })).toBe('{"ErrorCode":0}');
  });

  test.each([{}, { gzip: true }, { announced: true }])('with 30 MB %j', async (more) => {
    desk.failNext({ kind: 'oversized', ...more });
    const response = await raw();
    expect(response.headers.has('content-length')).toBe('announced' in more);
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(30 * 1024 * 1024);
  });
});

describe('can be told not to answer', () => {
  it('at all', async () => {
    desk.failNext({ kind: 'hang' });
    await expect(raw(AbortSignal.timeout(1500))).rejects.toThrow(/timeout/);
    expect(desk.calls).toMatchObject([{ fault: 'hang', errorCode: null }]);
  });

  it('to the end', async () => {
    desk.failNext({ kind: 'stall' });
    const response = await raw(AbortSignal.timeout(1500));
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow(/timeout/);
  });

  it('but to reset the connection', async () => {
    desk.failNext({ kind: 'reset' });
    await expect(raw()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  });

  it('but to reset it midway', async () => {
    desk.failNext({ kind: 'reset-midway' });
    const response = await raw();
    await expect(response.text()).rejects.toThrow();
  });
});

describe('can be told to answer malformed', () => {
  it('in many ways', () => {
    expect(MALFORMATIONS.length).toBeGreaterThan(30);
  });

  test.each(MALFORMATIONS)('%s', async (how) => {
    desk.failNext({ kind: 'malformed', how });
    const response = await raw();
    expect(response.status).toBe(200);
    const right = await ask(desk, QUESTION);
    expect(Buffer.from(await response.arrayBuffer()).toString()).not.toBe(JSON.stringify(right));
  });

  it('and only one thing is malformed', async () => {
    const answer: unknown = JSON.parse(await after({ kind: 'malformed', how: 'timestamp-string' }));
    expect(answer).toMatchObject({ ErrorCode: 0, TotalCount: 26, Messages: { length: 20, 0: { FromAccountRole: 1 } } });
    expect(answer).toMatchObject({ Messages: { 0: { Timestamp: '1730939030138' }, 1: { Timestamp: 1730938729138 } } });
  });
});

describe('limits', () => {
  it('by counting real calls in a sliding second', async () => {
    desk.limit(5);
    const codes = await Promise.all(Array.from({ length: 8 }, () => ask(desk, QUESTION)));
    expect(codes.filter(({ ErrorCode }) => ErrorCode === 141009)).toHaveLength(3);
    await new Promise((resolve) => setTimeout(resolve, 1050));
    expect(await ask(desk, QUESTION)).toMatchObject({ ErrorCode: 0 });
    expect(desk.maxPerSecond).toBe(8);
    desk.limit(null);
    expect(await ask(desk, QUESTION)).toMatchObject({ ErrorCode: 0 });
  });

  it('leaves planned faults for the calls that pass the limit', async () => {
    desk.limit(0);
    desk.failNext({ kind: 'error', code: 141002 });
    expect(await ask(desk, QUESTION)).toMatchObject({ ErrorCode: 141009 });
    desk.limit(null);
    expect(await ask(desk, QUESTION)).toMatchObject({ ErrorCode: 141002 });
  });
});

it('slows every answer down, and counts concurrent calls', async () => {
  desk.latency(200);
  await Promise.all([ask(desk, QUESTION), ask(desk, QUESTION), ask(desk, QUESTION)]);
  expect(desk.maxInFlight).toBe(3);
});

it('refuses every UserSig seen so far, and accepts a new one', async () => {
  const before = Math.floor(Date.now() / 1000) - 10;
  const old = { usersig: makeUserSig(desk, before) };
  expect(await ask(desk, QUESTION, old)).toMatchObject({ ErrorCode: 0 });
  desk.refuseSignatures(70001);
  expect(await ask(desk, QUESTION, old)).toMatchObject({ ErrorCode: 70001 });
  expect(await ask(desk, QUESTION, { usersig: makeUserSig(desk, before + 1) })).toMatchObject({ ErrorCode: 0 });
});

it('closes although a call hangs', async () => {
  const other = await startSimulator();
  other.failNext({ kind: 'hang' });
  const hanging = fetch(deskUrl(other), { method: 'POST', body: JSON.stringify(QUESTION) });
  while (other.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await other.close();
  await expect(hanging).rejects.toThrow();
});
