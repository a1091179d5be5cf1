import { isJsonObject, mayBeJsonObject, parseJson } from '../../json.js';
import { withinDepth } from '../json-depth.js';

/** Every kind of card with its meaning. */
export const cardKinds = {
  rating: 'the satisfaction card',
  'rating-result': 'the rating that was given',
  options: 'a list of options',
  form: 'a form that collects information',
  product: 'a product card',
  order: 'an order card',
  bot: 'a reply of the robot',
  markdown: 'Markdown: sanitise what you render',
  stream: 'a text that was streamed in chunks',
  control: 'a signal between the clients, not meant to be shown',
} as const;

export type CardKind = keyof typeof cardKinds;

const KINDS_BY_SOURCE: ReadonlyMap<number | null, CardKind> = new Map([
  [9, 'rating'],
  [10, 'rating-result'],
  [15, 'options'],
  [21, 'form'],
  [22, 'product'],
  [28, 'order'],
  [29, 'bot'],
  [30, 'markdown'],
  [31, 'stream'],
]);

const CHATBOT_STREAM = 2;

/** A message of the Desk plug-in; `card.openapi.ts` has its schemas. */
export interface Card {
  readonly kind: CardKind;
  /** The plug-in's own number, `src`. */
  readonly source: number | null;
  /** The parsed Data, whole and unchecked. */
  readonly payload: unknown;
}

/** The Desk plug-in message in a custom element's Data, or null if Data is something else. */
export function toCard(data: string | null): Card | null {
  const payload = data !== null && mayBeJsonObject(data) ? parseJson(data) : null;
  if (!isJsonObject(payload)) return null;
  const fromChatbot = plugInFlag(payload['chatbotPlugin']) === 1;
  if (plugInFlag(payload['customerServicePlugin']) !== 0 && !fromChatbot) return null;

  const source = sourceNumber(payload['src']);
  const kind = fromChatbot && source === CHATBOT_STREAM ? 'stream' : (KINDS_BY_SOURCE.get(source) ?? 'control');
  return { kind, source, payload: withinDepth(payload) };
}

// The plug-in itself uses Number(flag), so "" and null are 0 here too. Booleans, arrays and objects never mark a card:
// Number() has accidental results for them, and throws for { valueOf: 1, toString: 1 }.
function plugInFlag(flag: unknown): number {
  return typeof flag === 'string' || typeof flag === 'number' || flag === null ? Number(flag) : Number.NaN;
}

function sourceNumber(src: unknown): number | null {
  if (typeof src === 'string' && src.trim() === '') return null;
  const source = typeof src === 'string' || typeof src === 'number' ? Number(src) : Number.NaN;
  return Number.isFinite(source) ? source : null;
}
