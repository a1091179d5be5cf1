import { type DeskError, deskErrorOf, DeskUnavailableError, isDeskErrorCode } from '../desk/desk-error.js';
import { isJsonObject, parseJson } from '../json.js';

/** A failure as replicas tell it each other through Redis. */
export function failureText({ code, upstreamCode, retryAfterMs }: DeskError): string {
  return JSON.stringify({ code, upstreamCode, retryAfterMs });
}

/** The failure of another replica; whatever cannot be read is one too. */
export function failureOf(text: string): DeskError {
  const told = parseJson(text);
  const { code, upstreamCode, retryAfterMs } = isJsonObject(told) ? told : {};
  if (!isDeskErrorCode(code)) return new DeskUnavailableError('another replica failed', { retryAfterMs: 1000 });
  return deskErrorOf(code, 'another replica asked', {
    upstreamCode: typeof upstreamCode === 'number' ? upstreamCode : undefined,
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : undefined,
  });
}
