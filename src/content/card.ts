import { isJsonObject } from '../json.js';
import type { Card, CardKind } from './content.js';
import { withinDepth } from './json-depth.js';

const KINDS: ReadonlyMap<number | null, CardKind> = new Map([
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

/** The Desk plug-in message in a custom element's Data, or null where Data is something else. */
export function toCard(data: string | null): Card | null {
  const payload = data === null ? null : parse(data);
  if (!isJsonObject(payload)) return null;
  const fromChatbot = plugInFlag(payload['chatbotPlugin']) === 1;
  if (plugInFlag(payload['customerServicePlugin']) !== 0 && !fromChatbot) return null;

  const source = sourceNumber(payload['src']);
  const kind = fromChatbot && source === CHATBOT_STREAM ? 'stream' : (KINDS.get(source) ?? 'control');
  return { kind, source, payload: withinDepth(payload) };
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}

// The plug-in itself asks Number(flag), for which "" and null are 0, so they are here. What it would make of a boolean, an
// array or an object is an accident (and Number({ valueOf: 1, toString: 1 }) throws): those mark nothing.
function plugInFlag(flag: unknown): number {
  return typeof flag === 'string' || typeof flag === 'number' || flag === null ? Number(flag) : Number.NaN;
}

function sourceNumber(src: unknown): number | null {
  if (typeof src === 'string' && src.trim() === '') return null;
  const source = typeof src === 'string' || typeof src === 'number' ? Number(src) : Number.NaN;
  return Number.isFinite(source) ? source : null;
}
