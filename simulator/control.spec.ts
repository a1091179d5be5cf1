import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from '@jest/globals';
import { ask, control } from './client.js';
import { textMessage } from './sessions/wire.js';
import { type Simulator, startSimulator } from './simulator.js';
import { makeUserSig } from './user-sig.js';

const SESSION = 'b0f4ca12-4850-4218-a284-efe679a87066';

let desk: Simulator;
beforeAll(async () => {
  desk = await startSimulator();
});
beforeEach(() => {
  desk.reset();
});
afterAll(() => desk.close());

describe('over HTTP', () => {
  it('plans faults, lists and clears them', async () => {
    await control(desk, 'POST', '/faults', { fault: { kind: 'error', code: 141002 }, times: 2, sessionId: SESSION });
    await control(desk, 'POST', '/faults', { fault: { kind: 'error', code: 70500 }, untilReset: true });
    expect(await ask(desk, { SessionId: SESSION })).toMatchObject({ ErrorCode: 141002 });
    expect(await ask(desk, { SessionId: 'long-session' })).toMatchObject({ ErrorCode: 70500 });
    expect(await control(desk, 'GET', '/faults')).toMatchObject({
      faults: [{ fault: { code: 141002 }, sessionId: SESSION, left: 1 }, { left: 'until reset' }],
    });
    await control(desk, 'DELETE', '/faults');
    expect(await ask(desk, { SessionId: SESSION })).toMatchObject({ ErrorCode: 0 });
  });

  it('limits, slows and resets', async () => {
    await control(desk, 'PUT', '/limit', { rps: 0 });
    expect(await ask(desk, { SessionId: SESSION })).toMatchObject({ ErrorCode: 141009 });
    await control(desk, 'PUT', '/latency', { ms: 1 });
    expect(await control(desk, 'GET', '')).toMatchObject({ limit: 0, latencyMs: 1, calls: { count: 1 } });
    await control(desk, 'POST', '/reset');
    expect(await control(desk, 'GET', '')).toMatchObject({ limit: null, latencyMs: 0, calls: { count: 0 } });
  });

  it('shows the calls, of one session or the last few', async () => {
    await ask(desk, { SessionId: SESSION });
    await ask(desk, { SessionId: 'long-session', Limit: 7 });
    await ask(desk, { SessionId: 'long-session', Limit: 8 });
    expect(await control(desk, 'GET', '/calls')).toMatchObject({ count: 3, maxPerSecond: 3, calls: { length: 3 } });
    expect(await control(desk, 'GET', '/calls?sessionId=long-session&last=1')).toMatchObject({ calls: [{ limit: 8 }] });
    await control(desk, 'DELETE', '/calls');
    expect(desk.calls).toHaveLength(0);
  });

  it('replaces, reads, appends to, shrinks and removes a session', async () => {
    const path = '/sessions/a%40b%3A1';
    await control(desk, 'PUT', path, { messages: [textMessage('one', 1)], totalCount: 9 });
    expect(await ask(desk, { SessionId: 'a@b:1' })).toMatchObject({ TotalCount: 9, Messages: { length: 1 } });
    await control(desk, 'PATCH', path, { totalCount: null });
    await control(desk, 'POST', `${path}/messages`, { messages: [textMessage('two', 2), textMessage('three', 3)] });
    expect(await ask(desk, { SessionId: 'a@b:1' })).toMatchObject({ TotalCount: 3 });
    await control(desk, 'PATCH', path, { keepOldest: 1, answerOrder: 'contradicting', emptyPage: 'null' });
    expect(await control(desk, 'GET', `${path}?messages`)).toMatchObject({
      total: 1,
      answerOrder: 'contradicting',
      emptyPage: 'null',
      messages: [{ Timestamp: 1 }],
    });
    await control(desk, 'DELETE', path);
    expect(await ask(desk, { SessionId: 'a@b:1' })).toMatchObject({ ErrorCode: 141010 });
  });

  it('prints a signed path that works with curl', async () => {
    const { path } = await control(desk, 'GET', '/signed-path');
    const response = await fetch(`${desk.url}${String(path)}`, { method: 'POST', body: `{"SessionId":"${SESSION}"}` });
    expect(await response.json()).toMatchObject({ ErrorCode: 0, TotalCount: 26 });
  });

  it('configures webhooks and their faults, and lists their outcomes', async () => {
    const faults = { loseOneIn: 1, repeat: 2, delayMs: 0, reorder: true, recordsLagMs: 0 };
    await control(desk, 'PUT', '/webhooks', { url: 'http://127.0.0.1:9/webhooks/desk', token: 'secret' });
    await control(desk, 'PUT', '/webhooks', faults);
    await control(desk, 'POST', '/sessions/told/messages', { messages: [textMessage('one', 1)] });
    const told = await control(desk, 'GET', '/webhooks');
    expect(told).toMatchObject({ isOn: true, ...faults, sent: [{ sessionId: 'told', outcome: 'lost' }] });
    expect(JSON.stringify(told)).not.toContain('secret');
    expect(await control(desk, 'PUT', '/webhooks', { url: null })).toMatchObject({ isOn: false });
  });

  it('refuses the signatures seen so far', async () => {
    // One for both calls: that of the next second is another one.
    const usersig = makeUserSig(desk, Math.floor(Date.now() / 1000));
    await ask(desk, { SessionId: SESSION }, { usersig });
    await control(desk, 'POST', '/signatures/refuse', {});
    expect(await ask(desk, { SessionId: SESSION }, { usersig })).toMatchObject({ ErrorCode: 70052 });
  });

  test.each([
    ['POST', '/faults', { fault: { kind: 'explode' } }, 400],
    ['POST', '/faults', { fault: { kind: 'hang' }, times: 0 }, 400],
    ['POST', '/faults', { fault: { kind: 'hang' }, sessionId: 5 }, 400],
    ['PUT', '/limit', {}, 400],
    ['PUT', '/latency', { ms: -1 }, 400],
    ['PUT', '/sessions/x', { messages: {} }, 400],
    ['PATCH', '/sessions/long-session', { answerOrder: 'sideways' }, 400],
    ['PATCH', '/sessions/nobody-knows', {}, 404],
    ['GET', '/sessions/nobody-knows', undefined, 404],
    ['DELETE', '/sessions/nobody-knows', undefined, 404],
    ['GET', '/nothing', undefined, 404],
    ['PUT', '/sessions/%ff', { messages: [] }, 400],
    ['PUT', '/webhooks', { url: 'nowhere' }, 400],
    ['PUT', '/webhooks', { token: 5 }, 400],
    ['PUT', '/webhooks', { reorder: 'yes' }, 400],
    ['PUT', '/webhooks', { loseOneIn: -1 }, 400],
  ])('%s %s %j answers %i', async (method, path, body, status) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const response = await fetch(`${desk.url}/simulator${path}`, init);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error: expect.stringMatching(/\w/) });
  });

  it('explains that the body must be a JSON object', async () => {
    const response = await fetch(`${desk.url}/simulator/limit`, { method: 'PUT', body: 'rps=5' });
    expect(response.status).toBe(400);
  });
});
