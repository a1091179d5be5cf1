import { beforeEach, expect, it } from '@jest/globals';
import { TracingWarnings } from './tracing-warnings.js';

let at = 0;
let lines: object[] = [];
let warnings: TracingWarnings;

beforeEach(() => {
  at = 0;
  lines = [];
  warnings = new TracingWarnings({ warn: (fields) => lines.push(fields) }, () => at);
});

it('counts dropped spans in one line a minute', () => {
  for (let i = 0; i < 100; i++) warnings.dropped(2, 'ECONNREFUSED');
  expect(lines).toEqual([{ spans: 2, reason: 'ECONNREFUSED' }]);
  at = 60_000;
  warnings.dropped(1, '503');
  expect(lines[1]).toEqual({ spans: 199, reason: '503' });
});

it("repeats nothing of the SDK's text but the name of its variable", () => {
  warnings.ofSdk("Unknown value 'leak' for OTEL_BSP_SCHEDULE_DELAY, expected a number, using defaults");
  warnings.ofSdk('Header "authorization" has invalid value (leak) and will be ignored');
  expect(lines).toEqual([{ variable: 'OTEL_BSP_SCHEDULE_DELAY' }, { variable: undefined }]);
});

it('logs each variable once a minute, and everything else together', () => {
  for (const words of ['OTEL_A is wrong', 'OTEL_B is wrong', 'one thing', 'another']) warnings.ofSdk(words);
  for (const words of ['OTEL_A is wrong', 'a third']) warnings.ofSdk(words);
  expect(lines).toEqual([{ variable: 'OTEL_A' }, { variable: 'OTEL_B' }, { variable: undefined }]);
});
