import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DeskRig, endOf } from '../../test/desk-rig.js';
import { getSessionState } from './commands/get-session-state.js';

describe('A rate limit of one command', () => {
  /** The answer of each command, by the last segment of its path, and the commands that were called. */
  let answers: Record<string, object>;
  let status: number;
  let called: string[];
  let rig: DeskRig;
  const server = createServer((request, response) => {
    const [command = ''] = /[^/?]+(?=\?)/.exec(request.url ?? '') ?? [];
    called.push(command);
    response.writeHead(status).end(JSON.stringify(answers[command]));
  });

  const fine = {
    describe_chat_messages: { ErrorCode: 0, Messages: [], TotalCount: 0 },
    get_session_state: { ErrorCode: 0, CurrentState: 'FINISHED' },
  };

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => {
    DeskRig.close();
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    answers = fine;
    status = 200;
    called = [];
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    rig = new DeskRig({ url, sdkAppId: 1, secretKey: 'k', identifier: 'administrator' });
  });

  const state = () => endOf(rig.call(getSessionState, { sessionId: 's' }));

  it('stops that command (141009), and no other', async () => {
    answers = { ...fine, describe_chat_messages: { ErrorCode: 141009 } };
    expect(await rig.end()).toMatchObject({ code: 'upstream-rate-limited', upstreamCode: 141009 });
    expect(await state()).toBe('ok');
    expect(await rig.end()).toMatchObject({ code: 'upstream-rate-limited', upstreamCode: undefined });
    expect(await state()).toBe('ok');
    expect(called).toEqual(['describe_chat_messages', 'get_session_state', 'get_session_state']);
  });

  it('calls that command again after its own cool-down', async () => {
    answers = { ...fine, get_session_state: { ErrorCode: 141009 } };
    expect(await state()).toMatchObject({ upstreamCode: 141009 });
    expect(await state()).toMatchObject({ upstreamCode: undefined });
    answers = fine;
    rig.aheadMs += 1100;
    expect(await state()).toBe('ok');
  });

  it.each([60007, 60011, 60018, 60019, 72010])('stops all commands at %i, a limit of the application', async (code) => {
    answers = { ...fine, describe_chat_messages: { ErrorCode: code } };
    expect(await rig.end()).toMatchObject({ code: 'upstream-rate-limited', upstreamCode: code });
    expect(await state()).toMatchObject({ code: 'upstream-rate-limited', upstreamCode: undefined });
    expect(called).toEqual(['describe_chat_messages']);
    rig.aheadMs += 1100;
    expect(await state()).toBe('ok');
  });

  it('stops all commands at HTTP 429', async () => {
    status = 429;
    expect(await rig.end()).toMatchObject({ code: 'upstream-rate-limited', upstreamCode: undefined });
    expect(await state()).toMatchObject({ code: 'upstream-rate-limited' });
    expect(called).toEqual(['describe_chat_messages']);
  });
});

describe('An aborted call', () => {
  it('is not sent', async () => {
    const rig = new DeskRig({ url: 'http://127.0.0.1:1', sdkAppId: 1, secretKey: 'k', identifier: 'administrator' });
    const call = rig.call(getSessionState, { sessionId: 's' }, { signal: AbortSignal.abort() });
    expect(await endOf(call)).toMatchObject({ name: 'DeskAbandonedError' });
    expect(rig.codes).toEqual([]);
  });
});
