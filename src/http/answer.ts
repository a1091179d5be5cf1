import { type Result, type View } from '../cache/result.js';
import { type AuditFields } from '../logging/request-context.js';
import { type Representation } from './representation.js';

/** What a cached resource answers, and how its cache came by it. */
export interface Answer {
  readonly representation: Representation;
  readonly result: Result<View>;
  /** Unix milliseconds, for Last-Modified; undefined where nobody knows. */
  readonly modifiedAt: number | undefined;
}

/** A route of a cached resource, as the fast path sees it. */
export interface CachedRoute {
  /** As metrics and log name it: the template, never a path. */
  readonly template: string;
  /** The value of the label `resource`. */
  readonly resource: string;
  /** A fresh answer out of memory to a target that was valid before; undefined where it takes more than that. */
  peek(target: string): PeekedAnswer | undefined;
  /** Who was refused what, for the audit line of a caller over the limit; reads nothing long for it. */
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
