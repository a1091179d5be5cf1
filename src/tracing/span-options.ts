import { type Attributes, type Span } from '@opentelemetry/api';

export interface SpanOptions {
  /** A call to another service; without it, work of our own. */
  readonly isCall?: boolean;
  /** Of closed sets, counts and our own words: never a message, an account, a key, a signature or a URL. */
  readonly attributes?: Attributes;
  /** The span of work that somebody else began, and that this one waits for. */
  readonly link?: Span | undefined;
}
