import { setTimeout as sleep } from 'node:timers/promises';
import { type Span } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { SpanRecorder } from './span-recorder.js';
import {
  describeSpan,
  recordTracesBy,
  startRequestSpan,
  startSpan,
  trace,
  traceLater,
  traceUnder,
  untraced,
} from './trace.js';

const sent = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(sent)] });

/** Name and parent's name of every span that ended. */
function ended(): Record<string, string | undefined> {
  const spans = sent.getFinishedSpans();
  const nameOf = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
  return Object.fromEntries(
    spans.map(({ name, parentSpanContext }) => [name, nameOf.get(parentSpanContext?.spanId ?? '')]),
  );
}

function requestSpan(): Span {
  const span = startRequestSpan('request', undefined);
  if (span === undefined) throw new Error('without a recorder');
  return span;
}

it('runs the work and nothing else', async () => {
  expect(startRequestSpan('request', undefined)).toBeUndefined();
  const work = Promise.resolve(1);
  expect(trace('part', {}, () => work)).toBe(work);
  expect(startSpan('part', {})).toBeUndefined();
  expect(untraced(() => 2)).toBe(2);
  await expect(traceUnder(undefined, () => work)).resolves.toBe(1);
});

describe('with a recorder', () => {
  beforeAll(() => {
    recordTracesBy(new SpanRecorder(provider.getTracer('test'), () => true));
  });
  afterEach(() => {
    sent.reset();
  });

  it('work belongs to the surrounding work, whatever runs concurrently', async () => {
    const one = async (name: string, ms: number) => {
      const span = startRequestSpan(name, undefined);
      await traceUnder(span, () =>
        trace(`${name}/outer`, {}, async () => {
          await sleep(ms);
          await trace(`${name}/inner`, {}, () => sleep(ms));
        }),
      );
      span?.end();
    };
    await Promise.all([one('a', 3), one('b', 1), one('c', 2)]);
    expect(ended()).toEqual({
      a: undefined,
      'a/outer': 'a',
      'a/inner': 'a/outer',
      b: undefined,
      'b/outer': 'b',
      'b/inner': 'b/outer',
      c: undefined,
      'c/outer': 'c',
      'c/inner': 'c/outer',
    });
  });

  it('work that belongs to no request is not recorded', async () => {
    await trace('part', {}, () => sleep(1));
    expect(ended()).toEqual({});
  });

  it('work that continues after its request still belongs to it', async () => {
    const span = requestSpan();
    let behind = Promise.resolve();
    await traceUnder(span, () => {
      behind = trace('behind', {}, async () => {
        await sleep(5);
        await trace('inside', {}, () => sleep(1));
      });
      return Promise.resolve();
    });
    span.end();
    await behind;
    expect(ended()).toEqual({ request: undefined, behind: 'request', inside: 'behind' });
  });

  it('work deferred to the next turn still belongs to its request, even if nothing is running by then', async () => {
    const span = requestSpan();
    let later = Promise.resolve();
    await traceUnder(span, () => {
      later = traceLater(() => trace('later', {}, () => sleep(1)));
      return Promise.resolve();
    });
    span.end();
    await later;
    expect(ended()).toEqual({ request: undefined, later: 'request' });
  });

  it('an error is recorded by its class, without its message, and is rethrown', async () => {
    const failure = new TypeError('the message');
    await expect(traceUnder(requestSpan(), () => trace('part', {}, () => Promise.reject(failure)))).rejects.toBe(
      failure,
    );
    const [span] = sent.getFinishedSpans();
    expect([span?.attributes, span?.status, span?.events]).toEqual([{ 'error.type': 'TypeError' }, { code: 2 }, []]);
  });

  it('shared work belongs to no request, and what follows it to its request again', async () => {
    await traceUnder(requestSpan(), async () => {
      await untraced(() => trace('for all', {}, () => sleep(1)));
      await trace('own', {}, () => sleep(1));
    });
    expect(Object.keys(ended())).toEqual(['own']);
  });

  it('the inside of a span can set its attributes', async () => {
    await traceUnder(requestSpan(), () =>
      trace('redis', { isCall: true, attributes: { a: 1 } }, () => {
        describeSpan('EVALSHA read', { b: 2 });
        return sleep(1);
      }),
    );
    const [span] = sent.getFinishedSpans();
    expect([span?.name, span?.kind, span?.attributes]).toEqual(['EVALSHA read', 2, { a: 1, b: 2 }]);
  });
});
