import { isJsonObject, type JsonObject } from '../json.js';
import type { Card, CardKind } from './elements/card.js';

/** Where the words of a card are in its payload: the object's name, and those of its fields, the first that has any. */
interface Words {
  readonly label: string;
  readonly within: string;
  readonly fields: readonly string[];
}

const WORDS: Readonly<Record<Exclude<CardKind, 'markdown' | 'stream' | 'control'>, Words>> = {
  rating: { label: '[Rating]', within: 'menuContent', fields: ['head', 'tail'] },
  'rating-result': { label: '[Rating]', within: 'menuSelected', fields: ['content'] },
  options: { label: '[Options]', within: 'content', fields: ['header', 'title', 'tail'] },
  form: { label: '[Form]', within: 'content', fields: ['header', 'title'] },
  product: { label: '[Product]', within: 'content', fields: ['header', 'desc'] },
  order: { label: '[Order]', within: 'content', fields: ['header', 'desc'] },
  bot: { label: '[Bot]', within: 'content', fields: ['title', 'header'] },
};

/** What a card says in a line of text. Its payload is whatever somebody sent: what is not as documented says nothing. */
export function cardText({ kind, payload }: Card): string {
  const fields = isJsonObject(payload) ? payload : {};
  switch (kind) {
    case 'control':
      return '[Control]';
    case 'markdown':
      return textOf(fields['content']);
    case 'stream':
      return Array.isArray(fields['chunks']) ? fields['chunks'].map(textOf).join('') : '';
    default:
      return `${WORDS[kind].label} ${wordsIn(fields, WORDS[kind])}`;
  }
}

function wordsIn(payload: JsonObject, { within, fields }: Words): string {
  const part = payload[within];
  if (!isJsonObject(part)) return textOf(part);
  return fields.map((name) => textOf(part[name])).find((text) => text.trim() !== '') ?? '';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
