import { jsonSize } from './json-size.js';

/** The largest body of an answer after decompression (contract). */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;
/**
 * What two slow cores can read and render without delaying other requests. Real pages stay far below: a message has at
 * most 12 KB, so 100 messages have about 60,000 values.
 */
export const MAX_VALUES = 125_000;
/** Deeper nesting makes JSON.parse slow, whatever the length. */
export const MAX_LEVELS = 100_000;
/** A card is JSON inside JSON: it is parsed and serialised a second time. */
export const CARD_FACTOR = 2;
/** A shorter body cannot exceed the bounds, so it need not be counted. */
const SAFE_LENGTH = MAX_VALUES / CARD_FACTOR;

/** Whether the body of an answer may be read at all. */
export function isReadable(body: string): boolean {
  if (body.length < SAFE_LENGTH) return true;
  const { values, levels } = jsonSize(body);
  return values <= MAX_VALUES && levels <= MAX_LEVELS;
}
