import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pino } from 'pino';
import { logTime } from './log-destination.js';
import { newRequestContext, type RequestContext } from './request-context.js';
import { accessLine, auditLine } from './request-lines.js';

const end = { route: '/sessions/:sessionId/messages', method: 'GET', status: 200, durationMs: 0.42 };
const audit = { sessionId: 'A.b~1@:+=-', limit: 50, offset: 100, order: 'desc', withFiles: true } as const;

const contexts = fc.record(
  {
    caller: fc.string({ unit: 'binary' }),
    cacheOutcome: fc.constantFrom('hit', 'miss'),
    problem: fc.constantFrom('internal', 'too-many-requests'),
    upstreamCode: fc.integer(),
    deskCalls: fc.nat(),
  },
  { requiredKeys: ['deskCalls'] },
);

/** What pino writes for the same, without the time. */
function byPino(fields: object, message: string): unknown {
  let line = '';
  pino({ base: null, timestamp: false }, { write: (text: string) => (line = text) }).info(fields, message);
  return JSON.parse(line);
}

function parsed(line: string): unknown {
  return JSON.parse(line, (key, value: unknown) => (key === 'time' ? undefined : value));
}

test("both lines equal pino's, whatever the caller's name", () => {
  fc.assert(
    fc.property(contexts, (change) => {
      const headers = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' };
      const context: RequestContext = { ...newRequestContext(headers), ...change, audit };
      const { requestId, traceId, caller, problem, cacheOutcome } = context;
      expect(parsed(accessLine(context, end))).toEqual(byPino({ ...end, requestId, traceId, ...change }, 'request'));
      const outcome = problem ?? cacheOutcome ?? 'aborted';
      const seen = { audit: 'read', requestId, caller, ...audit, outcome, status: 404 };
      expect(parsed(auditLine(context, 404))).toEqual(byPino(seen, 'read'));
    }),
  );
});

test('each is one line, and there is no audit line if nothing was read', () => {
  const context = newRequestContext({});
  context.caller = 'line\nbreak';
  expect(accessLine(context, end)).toMatch(/^[^\n]+\n$/);
  expect(auditLine({ ...context, audit }, 200)).toMatch(/^[^\n]+\n$/);
  expect(auditLine(context, 200)).toBe('');
});

test('the time is the current one', () => {
  const before = Date.now();
  const [, text = ''] = /^,"time":"(.+)"$/.exec(logTime()) ?? [];
  expect(Date.parse(text)).toBeGreaterThanOrEqual(before);
  expect(new Date(text).toISOString()).toBe(text);
});
