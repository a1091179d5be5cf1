import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { BasicTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { SpanOutbox } from './span-outbox.js';

/** What was handed to the exporter, and its callback. */
let batches: { readonly names: readonly string[]; readonly done: (result: ExportResult) => void }[] = [];
let answersAtOnce = false;
let dropped: [spans: number, reason: string][] = [];
let outbox: SpanOutbox;
let provider: BasicTracerProvider;

beforeEach(() => {
  batches = [];
  answersAtOnce = false;
  dropped = [];
  outbox = new SpanOutbox(
    {
      export: (spans: ReadableSpan[], done) => {
        if (answersAtOnce) done({ code: ExportResultCode.SUCCESS });
        else batches.push({ names: spans.map(({ name }) => name), done });
      },
      shutdown: () => Promise.resolve(),
    },
    (spans, reason) => dropped.push([spans, reason]),
  );
  provider = new BasicTracerProvider({ spanProcessors: [outbox] });
});

afterEach(async () => {
  answersAtOnce = true;
  for (const { done } of batches) done({ code: ExportResultCode.SUCCESS });
  await provider.shutdown();
});

function end(count: number): void {
  for (let i = 0; i < count; i++) provider.getTracer('test').startSpan(`span-${i}`).end();
}

it('sends ended spans, and counts nothing as lost', async () => {
  end(3);
  expect(outbox.length).toBe(3);
  const flushed = outbox.forceFlush();
  batches[0]?.done({ code: ExportResultCode.SUCCESS });
  await flushed;
  expect(batches.map(({ names }) => names)).toEqual([['span-0', 'span-1', 'span-2']]);
  expect([outbox.length, dropped]).toEqual([0, []]);
});

it('counts spans that the receiver refused, by its code and without its text', async () => {
  end(2);
  const flushed = outbox.forceFlush();
  const error = Object.assign(new Error('the words'), { code: 503 });
  batches[0]?.done({ code: ExportResultCode.FAILED, error });
  await expect(flushed).rejects.toBe(error);
  expect([outbox.length, dropped]).toEqual([0, [[2, '503']]]);
});

it('drops and counts spans while 2,048 wait', () => {
  end(512);
  expect(batches.map(({ names }) => names.length)).toEqual([512]);
  end(2048 + 5);
  expect(outbox.length).toBe(512 + 2048);
  expect(dropped).toEqual(Array(5).fill([1, 'the queue is full']));
});
