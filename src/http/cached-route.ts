import { type Result, type View } from '../cache/result.js';
import { type AuditFields } from '../logging/request-context.js';
import { type Representation } from './representation.js';

/** The answer of a cached resource, and how its cache came by it. */
export interface ResourceAnswer {
  readonly representation: Representation;
  readonly result: Result<View>;
  /** Unix milliseconds, for Last-Modified; undefined if unknown. */
  readonly modifiedAt: number | undefined;
}

/** A route of a cached resource, as the fast path uses it. */
export interface CachedRoute {
  /** Its template, as in metrics and logs; never a path. */
  readonly template: string;
  /** The value of the label `resource`. */
  readonly resource: string;
  /** A fresh answer from memory, for a target that was validated before; undefined if anything else is needed. */
  peek(target: string): PeekedAnswer | undefined;
  /** The audit fields of a refused request (over the limit); undefined if its query is invalid or too long. */
  auditOfRefused(params: RouteParams, query: string): AuditFields | undefined;
}

/** A route whose requests are audited, also those that are refused. */
export type AuditedRoute = Pick<CachedRoute, 'template' | 'auditOfRefused'>;

/** The parameters that the router found in the path. */
export interface RouteParams {
  readonly sessionId?: string;
}

export interface PeekedAnswer {
  readonly answer: ResourceAnswer;
  /** Who reads what, for the audit line. */
  readonly audit: AuditFields;
}
