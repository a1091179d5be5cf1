import { type Result, type View } from '../cache/result.js';
import { type AuditFields } from '../logging/request-context.js';
import { type Representation } from './representation.js';

/** What a cached resource answers, and how its cache came by it. */
export interface Answer {
  readonly representation: Representation;
  readonly result: Result<View>;
  /** Unix milliseconds, for Last-Modified; undefined where it is unknown. */
  readonly modifiedAt: number | undefined;
}

/** A route of a cached resource, as the fast path sees it. */
export interface CachedRoute {
  /** As metrics and log name it: the template, never a path. */
  readonly template: string;
  /** The value of the label `resource`. */
  readonly resource: string;
  /** A fresh answer from memory, to a target that was validated before; undefined where anything else is needed. */
  peek(target: string): PeekedAnswer | undefined;
  /** Fields of the audit line for a request that was refused (over the limit); undefined where its query is invalid or too long. */
  auditOfRefused(params: RouteParams, query: string): AuditFields | undefined;
}

/** What the router found in a path. */
export interface RouteParams {
  readonly sessionId?: string;
}

export interface PeekedAnswer extends Answer {
  /** Who reads what, for the audit line. */
  readonly audit: AuditFields;
}
