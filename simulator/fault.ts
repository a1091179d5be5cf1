import { isObject, isWholeNumber, type JsonObject } from './json-object.js';
import { isMalformation, type Malformation } from './malformed.js';

/** One fault of one call. */
export type Fault =
  | { readonly kind: 'error'; readonly code: number; readonly info?: string }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: number }
  | { readonly kind: 'latency'; readonly ms: number }
  /** Accepts the call and never answers. */
  | { readonly kind: 'hang' }
  /** Sends headers and half the body, then nothing more. */
  | { readonly kind: 'stall' }
  | { readonly kind: 'reset' }
  /** Sends half the body, then resets the connection. */
  | { readonly kind: 'reset-midway' }
  /** A complete HTTP answer with half the JSON. */
  | { readonly kind: 'truncated' }
  | { readonly kind: 'drip'; readonly bytes?: number; readonly everyMs?: number }
  | { readonly kind: 'malformed'; readonly how: Malformation }
  | { readonly kind: 'oversized'; readonly bytes?: number; readonly gzip?: boolean; readonly announced?: boolean }
  /** Any other body. */
  | { readonly kind: 'body'; readonly body: string; readonly contentType?: string }
  /** A valid page with another TotalCount, for this call only. */
  | { readonly kind: 'total'; readonly total: number };

/** Reads a fault from a control request; undefined if it is none. */
export function parseFault(value: unknown): Fault | undefined {
  if (!isObject(value)) return undefined;
  const { kind, code, info, status, retryAfter, ms, how, body, contentType, total } = value;
  switch (kind) {
    case 'error':
      if (!isWholeNumber(code, 1)) return undefined;
      return { kind, code, ...(typeof info === 'string' ? { info } : {}) };
    case 'status':
      if (!isWholeNumber(status, 200, 599)) return undefined;
      return { kind, status, ...(isWholeNumber(retryAfter, 0) ? { retryAfter } : {}) };
    case 'latency':
      return isWholeNumber(ms, 0) ? { kind, ms } : undefined;
    case 'hang':
    case 'stall':
    case 'reset':
    case 'reset-midway':
    case 'truncated':
      return { kind };
    case 'drip':
      return { kind, ...wholeNumbers(value, 'bytes', 'everyMs') };
    case 'malformed':
      return isMalformation(how) ? { kind, how } : undefined;
    case 'oversized':
      return {
        kind,
        ...wholeNumbers(value, 'bytes'),
        gzip: value['gzip'] === true,
        announced: value['announced'] === true,
      };
    case 'body':
      if (typeof body !== 'string') return undefined;
      return { kind, body, ...(typeof contentType === 'string' ? { contentType } : {}) };
    case 'total':
      return typeof total === 'number' ? { kind, total } : undefined;
    default:
      return undefined;
  }
}

function wholeNumbers(value: JsonObject, ...names: string[]): Record<string, number> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const number = value[name];
      return isWholeNumber(number, 1) ? [[name, number] as const] : [];
    }),
  );
}
