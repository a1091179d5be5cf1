import {
  type Attributes,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import { type HeadSampler } from './head-sampler.js';

export interface SpanOptions {
  /** A call to another service; without it, work of our own. */
  readonly isCall?: boolean;
  /** Of closed sets, counts and our own words: never a message, an account, a key, a signature or a URL. */
  readonly attributes?: Attributes;
  /** The span of work that somebody else began, and that this one waits for. */
  readonly link?: Span | undefined;
}

/** The spans of this service as OpenTelemetry has them. Parents are given, never found: the API's globals stay unused. */
export class SpanRecorder {
  constructor(
    /** Records whatever it is asked for. */
    private readonly tracer: Tracer,
    private readonly isSampled: HeadSampler,
  ) {}

  /** undefined for a request that is not sampled: nothing that it does is recorded. */
  request(name: string, parent: SpanContext | undefined): Span | undefined {
    if (!this.isSampled(parent)) return undefined;
    const context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
    return this.tracer.startSpan(name, { kind: SpanKind.SERVER }, context);
  }

  part(name: string, parent: Span, { isCall, attributes, link }: SpanOptions): Span {
    return this.tracer.startSpan(
      name,
      {
        kind: isCall === true ? SpanKind.CLIENT : SpanKind.INTERNAL,
        ...(attributes && { attributes }),
        ...(link && { links: [{ context: link.spanContext() }] }),
      },
      trace.setSpan(ROOT_CONTEXT, parent),
    );
  }

  /** Without the error's message and stack: nobody can tell what they quote. */
  fail(span: Span, errorType: string): void {
    span.setAttribute('error.type', errorType).setStatus({ code: SpanStatusCode.ERROR });
  }
}
