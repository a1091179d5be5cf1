/** Every `code` of docs/api.md, "Errors", with its title and its status, which `details.status` may override. */
export const problemKinds = {
  'invalid-request': { status: 400, title: 'The request is invalid' },
  unauthorized: { status: 401, title: 'Credentials are missing or wrong' },
  forbidden: { status: 403, title: 'The credentials are not good for this' },
  'session-not-found': { status: 404, title: 'There is no such session' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'method-not-allowed': { status: 405, title: 'The method is not allowed here' },
  'upstream-rate-limited': { status: 429, title: 'The desk limits calls' },
  'too-many-requests': { status: 429, title: 'The caller asks too often' },
  'upstream-rejected': { status: 502, title: 'The desk refuses this service' },
  'upstream-failed': { status: 502, title: 'The desk failed' },
  'upstream-timeout': { status: 504, title: 'The desk did not answer in time' },
  unavailable: { status: 503, title: 'The service is not able to answer now' },
  internal: { status: 500, title: 'The service failed' },
} as const;

export type ProblemCode = keyof typeof problemKinds;

export interface InputFault {
  readonly field: string;
  readonly message: string;
}

/** The content of a problem besides its code. */
export interface ProblemDetails {
  readonly detail: string;
  readonly status?: number;
  readonly upstreamCode?: number | undefined;
  readonly errors?: readonly InputFault[];
  readonly retryAfterMs?: number | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error for the client. Its `cause` is logged if it is `internal`. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly code: ProblemCode,
    readonly details: ProblemDetails,
    options?: ErrorOptions,
  ) {
    super(details.detail, options);
  }
}

/** RFC 9457 §3, with our extension members. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: ProblemCode;
  readonly requestId: string;
  readonly traceId?: string;
  readonly upstreamCode?: number;
  readonly errors?: readonly InputFault[];
}

/** The request that a problem answers. */
export interface ProblemPlace {
  /** A path without its query. */
  readonly instance: string;
  readonly requestId: string;
  readonly traceId?: string | undefined;
}

export function problemDocument(
  { code, details }: ProblemError,
  { instance, requestId, traceId }: ProblemPlace,
): ProblemDocument {
  const { status, title } = problemKinds[code];
  const { detail, upstreamCode, errors } = details;
  return {
    type: `urn:desk-bff:problem:${code}`,
    title,
    status: details.status ?? status,
    detail,
    instance,
    code,
    requestId,
    ...(traceId === undefined ? {} : { traceId }),
    ...(upstreamCode === undefined ? {} : { upstreamCode }),
    ...(errors === undefined ? {} : { errors }),
  };
}

export function problemHeaders({ details }: ProblemError): Record<string, string> {
  const { retryAfterMs, headers } = details;
  return {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...(retryAfterMs === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) }),
    ...headers,
  };
}
