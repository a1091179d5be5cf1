import { jsonSize } from './json-size.js';

/** The largest body of an answer, unpacked (contract). */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;
/**
 * What two slow cores read and render without keeping others waiting. A real page stays far below: a message has 12 KB at
 * most, so 100 of them have some 60,000 values.
 */
export const MAX_VALUES = 125_000;
/** Deeper ones cost JSON.parse more than their length. */
export const MAX_LEVELS = 100_000;
/** A card is JSON inside JSON, which is parsed and written once more. */
export const CARD_FACTOR = 2;
/** A shorter body holds less than the bounds, whatever is in it. */
const NEVER_TOO_MUCH = MAX_VALUES / CARD_FACTOR;

/** Whether the body of an answer may be read at all. */
export function isReadable(body: string): boolean {
  if (body.length < NEVER_TOO_MUCH) return true;
  const { values, levels } = jsonSize(body);
  return values <= MAX_VALUES && levels <= MAX_LEVELS;
}
