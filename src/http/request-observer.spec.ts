import { type EventEmitter } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { Metrics } from '../metrics/metrics.js';
import { createLogger } from '../logging/logger.js';
import { newRequestContext, type RequestContext } from '../logging/request-context.js';
import { RequestObserver } from './request-observer.js';

const audit = { sessionId: 's', limit: 1, offset: 0, order: 'asc' } as const;

/** The log lines of a request that was answered with 200, by type. */
async function written(level: string, change: Partial<RequestContext>): Promise<unknown[]> {
  let text = '';
  const destination = { write: (line: string) => (text += line) };
  const request = new IncomingMessage(new Socket());
  request.method = 'GET';
  const response = new ServerResponse(request);
  const context = { ...newRequestContext({ 'x-request-id': 'id-1' }), caller: 'ann', ...change };
  new RequestObserver(createLogger(level, destination), destination, new Metrics('1')).watch(
    request,
    response,
    context,
    '/route',
  );
  const events: EventEmitter = response;
  events.emit('close');
  await new Promise(setImmediate);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}

describe('the access line', () => {
  test.each(['trace', 'debug', 'info'])('is written at LOG_LEVEL=%s', async (level) => {
    expect(await written(level, {})).toEqual([
      {
        level: 30,
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        route: '/route',
        method: 'GET',
        status: 499,
        durationMs: expect.any(Number),
        requestId: 'id-1',
        caller: 'ann',
        deskCalls: 0,
        msg: 'request',
      },
    ]);
  });

  test.each(['warn', 'fatal', 'silent'])('is not written at LOG_LEVEL=%s', async (level) => {
    expect(await written(level, {})).toEqual([]);
  });
});

test('both lines are written at once for a pipelined request whose connection has ended before its turn', async () => {
  let text = '';
  const destination = { write: (lines: string) => (text += lines) };
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  const observer = new RequestObserver(createLogger('info', destination), destination, new Metrics('1'));
  // It has no socket before its turn, so Node never closes it.
  response.destroy();
  expect([response.closed, response.socket]).toEqual([false, null]);
  observer.watch(request, response, { ...newRequestContext({}), audit }, '/route');
  await new Promise(setImmediate);
  expect(text).toMatch(/"status":499,.*"msg":"request"}\n.*"outcome":"aborted","status":499,"msg":"read"}\n$/);
});

describe('the audit line', () => {
  test.each(['trace', 'info', 'error', 'fatal'])('is written for a read at LOG_LEVEL=%s', async (level) => {
    expect(await written(level, { audit, cacheOutcome: 'hit' })).toContainEqual({
      level: 30,
      time: expect.any(String),
      audit: 'read',
      requestId: 'id-1',
      caller: 'ann',
      ...audit,
      outcome: 'hit',
      status: 499,
      msg: 'read',
    });
  });

  test('names a problem as the outcome, and `aborted` if the client disconnected before the answer', async () => {
    expect(await written('fatal', { audit, cacheOutcome: 'hit', problem: 'internal' })).toMatchObject([
      { outcome: 'internal' },
    ]);
    expect(await written('fatal', { audit })).toMatchObject([{ outcome: 'aborted' }]);
  });

  test('silent writes nothing', async () => {
    expect(await written('silent', { audit })).toEqual([]);
  });
});

test('a turn that ends many requests writes its lines in pieces: a full buffer then drops only what it has no room for', async () => {
  const pieces: string[] = [];
  const destination = { write: (lines: string) => void pieces.push(lines) };
  const observer = new RequestObserver(createLogger('info', destination), destination, new Metrics('1'));
  for (let count = 0; count < 500; count++) {
    const request = new IncomingMessage(new Socket());
    const response = new ServerResponse(request);
    observer.watch(request, response, newRequestContext({}), '/route');
    const events: EventEmitter = response;
    events.emit('close');
  }
  await new Promise(setImmediate);
  expect(pieces.join('').match(/"msg":"request"}\n/g)).toHaveLength(500);
  expect(pieces.length).toBeGreaterThan(5);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(20_000);
});
