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
  /** A call to another service; without it, work of this process. */
  readonly isCall?: boolean;
  /** Only closed sets, counts and fixed texts: never a message, an account, a key, a signature or a URL. */
  readonly attributes?: Attributes;
  /** The span of shared work that another request started and this one waits for. */
  readonly link?: Span | undefined;
}

/** The spans of this service in OpenTelemetry's terms. Parents are passed explicitly; the API's globals stay unused. */
export class SpanRecorder {
  constructor(
    /** Records every span; the sampler decides beforehand. */
    private readonly tracer: Tracer,
    private readonly isSampled: HeadSampler,
  ) {}

  /** undefined for a request that is not sampled: none of its work is recorded. */
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

  /** Without the error's message and stack, which may quote anything. */
  fail(span: Span, errorType: string): void {
    span.setAttribute('error.type', errorType).setStatus({ code: SpanStatusCode.ERROR });
  }
}
