import { expect, it, test } from '@jest/globals';
import { parseFault } from './fault.js';
import { FaultPlan } from './fault-plan.js';

const a = { kind: 'error', code: 1 } as const;
const b = { kind: 'error', code: 2 } as const;

it('gives queued faults in their order, each as often as planned', () => {
  const plan = new FaultPlan();
  plan.failNext(a, { times: 2 });
  plan.failNext(b);
  expect([1, 2, 3, 4].map(() => plan.take({ sessionId: 's' }))).toEqual([a, a, b, undefined]);
});

it('lets calls through first if it is told to', () => {
  const plan = new FaultPlan();
  plan.failNext(a, { skip: 2 });
  expect([1, 2, 3, 4].map(() => plan.take({ sessionId: 's' }))).toEqual([undefined, undefined, a, undefined]);
});

it('keeps a session’s fault for that session', () => {
  const plan = new FaultPlan();
  plan.failNext(a, { sessionId: 'mine' });
  expect([plan.take({ sessionId: 'yours' }), plan.take({ sessionId: null }), plan.take({ sessionId: 'mine' })]).toEqual(
    [undefined, undefined, a],
  );
});

it('uses the permanent fault otherwise, until it is cleared', () => {
  const plan = new FaultPlan();
  plan.untilReset(a);
  plan.failNext(b);
  expect([1, 2, 3].map(() => plan.take({ sessionId: 's' }))).toEqual([b, a, a]);
  plan.clear();
  expect(plan.take({ sessionId: 's' })).toBeUndefined();
});

test.each([
  null,
  {},
  { kind: 'explode' },
  { kind: 'error' },
  { kind: 'error', code: '141009' },
  { kind: 'status', status: 99 },
  { kind: 'latency' },
  { kind: 'malformed', how: 'toString' },
  { kind: 'body' },
  { kind: 'total', total: '5' },
])('rejects %j as a fault', (value) => {
  expect(parseFault(value)).toBeUndefined();
});

test.each([
  { kind: 'error', code: 141009, info: 'slow down' },
  { kind: 'status', status: 429, retryAfter: 7 },
  { kind: 'latency', ms: 5 },
  { kind: 'hang' },
  { kind: 'drip', bytes: 7, everyMs: 3 },
  { kind: 'malformed', how: 'html' },
  { kind: 'oversized', bytes: 10, gzip: true, announced: false },
  { kind: 'body', body: 'x', contentType: 'text/plain' },
  { kind: 'total', total: 5 },
])('reads %j unchanged', (fault) => {
  expect(parseFault(fault)).toEqual(fault);
});
