import { expect, test } from '@jest/globals';
import { AuditLog } from './audit-log.js';
import { createLogger } from './logger.js';
import { newRequestContext, type RequestContext } from './request-context.js';

function recorded(level: string, change: Partial<RequestContext>): unknown[] {
  const lines: unknown[] = [];
  const logger = createLogger(level, { write: (line: string) => lines.push(JSON.parse(line)) });
  const context = { ...newRequestContext({ 'x-request-id': 'id-1' }), caller: 'ann', ...change };
  new AuditLog(logger).record(context, 200);
  return lines;
}

const read = { sessionId: 's', window: { limit: 1, offset: 0, order: 'asc' } } as const;

test.each(['trace', 'info', 'error', 'fatal'])('a read is written at LOG_LEVEL=%s', (level) => {
  expect(recorded(level, { read, cacheOutcome: 'hit' })).toEqual([
    {
      level: 30,
      time: expect.any(String),
      audit: 'read',
      requestId: 'id-1',
      caller: 'ann',
      sessionId: 's',
      ...read.window,
      outcome: 'hit',
      status: 200,
      msg: 'read',
    },
  ]);
});

test('a problem is its outcome, and none at all means that the client went away', () => {
  expect(recorded('fatal', { read, cacheOutcome: 'hit', problem: 'internal' })).toMatchObject([
    { outcome: 'internal' },
  ]);
  expect(recorded('fatal', { read })).toMatchObject([{ outcome: 'aborted' }]);
});

test('what is no read is not written, and silent is silent', () => {
  expect(recorded('trace', {})).toEqual([]);
  expect(recorded('silent', { read })).toEqual([]);
});
