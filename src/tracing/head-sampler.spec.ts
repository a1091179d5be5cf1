import { type SpanContext } from '@opentelemetry/api';
import { expect, it } from '@jest/globals';
import { headSampler } from './head-sampler.js';

const NAMES = ['always_on', 'always_off', 'traceidratio'] as const;

/** A caller's span: the ratio of a trace is its id, as the SDK reads it (its words of 32 bits, exclusive-or). */
function parent(word: string, traceFlags: number): SpanContext {
  return { traceId: `${word}${'0'.repeat(23)}1`, spanId: '00f067aa0ba902b7', traceFlags, isRemote: true };
}
const [low, high] = ['00000001', 'f0000000'];

/** Whether a request without a parent is recorded, then those of callers who did not sample, and who did. */
function decisions(otelTracesSampler: Parameters<typeof headSampler>[0]['otelTracesSampler'], drawn: number) {
  const sampled = headSampler({ otelTracesSampler, otelTracesSamplerArg: 0.5 }, () => drawn);
  return [undefined, parent(low, 0), parent(high, 0), parent(low, 1), parent(high, 1)].map(sampled);
}

it.each(NAMES)('parentbased_%s follows the caller where there is one', (name) => {
  expect(decisions(`parentbased_${name}`, 0.4).slice(1)).toEqual([false, false, true, true]);
});

it.each([
  ['always_on', 0.999, [true, true, true, true, true]],
  ['always_off', 0, [false, false, false, false, false]],
  ['traceidratio', 0.499, [true, true, false, true, false]],
  ['traceidratio', 0.5, [false, true, false, true, false]],
] as const)('%s decides for itself', (name, drawn, expected) => {
  expect(decisions(name, drawn)).toEqual(expected);
  expect(decisions(`parentbased_${name}`, drawn)[0]).toBe(expected[0]);
});
