import { type DeskMessage, isJsonObject } from './desk-message.js';
import { jsonSize } from './json-size.js';

/** The largest body of an answer, unpacked (contract). */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** Elements of MsgBody, those of forwarded messages included (contract). */
const MAX_ELEMENTS = 10_000;
/**
 * What two slow cores read and render without keeping others waiting. A real page stays far below: a message has 12 KB at
 * most, so 100 of them have some 60,000 values.
 */
const MAX_VALUES = 125_000;
/** Deeper ones cost JSON.parse more than their length. */
const MAX_LEVELS = 100_000;
/** A card is JSON inside JSON, which is parsed and written once more. */
const CARD_FACTOR = 2;
/** A shorter body holds less than the bounds, whatever is in it. */
const NEVER_TOO_MUCH = MAX_VALUES / CARD_FACTOR;

/** Whether the body of an answer may be read at all. */
export function isReadable(body: string): boolean {
  if (body.length < NEVER_TOO_MUCH) return true;
  const { values, levels } = jsonSize(body);
  return values <= MAX_VALUES && levels <= MAX_LEVELS;
}

/** Whether the messages that were read may be rendered. */
export function isRenderable(messages: readonly DeskMessage[]): boolean {
  let elements = 0;
  let cardValues = 0;
  // Grows on the way by the bodies of forwarded messages. No recursion: they may be nested as deep as they please.
  const bodies = messages.map(({ msgBody }) => msgBody);
  for (const body of bodies) {
    if (!Array.isArray(body)) continue;
    elements += body.length;
    if (elements > MAX_ELEMENTS) return false;
    for (const element of body) {
      const content = contentOf(element);
      const { values, levels } = cardSize(content['Data']);
      cardValues += values * CARD_FACTOR;
      if (cardValues > MAX_VALUES || levels > MAX_LEVELS) return false;
      for (const forwarded of listOf(content['MsgList']))
        if (isJsonObject(forwarded)) bodies.push(forwarded['MsgBody']);
    }
  }
  return true;
}

function contentOf(element: unknown) {
  const content = isJsonObject(element) ? element['MsgContent'] : undefined;
  return isJsonObject(content) ? content : {};
}

function cardSize(data: unknown) {
  return typeof data === 'string' && data.length >= 2 ? jsonSize(data) : { values: 0, levels: 0 };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
