import { isJsonObject } from '../../json.js';
import { CARD_FACTOR, MAX_LEVELS, MAX_VALUES } from '../answer-bounds.js';
import { jsonSize } from '../json-size.js';

/** Elements of MsgBody, those of forwarded messages included (contract). */
const MAX_ELEMENTS = 10_000;

/** Whether rendering these messages stays within the bounds. */
export function isRenderable(messages: readonly { readonly msgBody: unknown }[]): boolean {
  let elements = 0;
  let cardValues = 0;
  // Grows by the bodies of forwarded messages during the loop. No recursion: they may be nested to any depth.
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
