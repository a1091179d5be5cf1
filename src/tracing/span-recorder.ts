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
  constructor(private readonly tracer: Tracer) {}

  /** The sampler decides here, for all spans of a request. */
  request(name: string, parent: SpanContext | undefined): Span {
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
