import { isJsonObject, type JsonObject } from '../json.js';
import { type Content } from './content.js';
import { type Card, type CardKind } from './elements/card.js';

/** A message in one plain line, for lists and search. */
export function toTextLine(content: readonly Content[]): string {
  return collapse(content.map(standIn).join(' '));
}

const SPACE = 0x20;

/** All that `\s` matches, and U+0085, which starts a new line too. */
const WHITE_SPACE = Uint8Array.from({ length: 0x10000 }, (_, unit) =>
  /[\s\u0085]/.test(String.fromCharCode(unit)) ? 1 : 0,
);

/** Most lines are collapsed already. */
const UNCOLLAPSED = /^ | $| {2}|[^\S ]|\u0085/;

/** One space for each run of white space, none at the ends. By hand: `replace` takes 300 ms for 4 MB of short words. */
function collapse(line: string): string {
  if (!UNCOLLAPSED.test(line)) return line;
  const units = new Uint16Array(line.length);
  let end = 0;
  let isApart = false;
  for (let i = 0; i < line.length; i++) {
    const unit = line.charCodeAt(i);
    if (WHITE_SPACE[unit] === 1) {
      isApart = end > 0;
    } else {
      if (isApart) units[end++] = SPACE;
      units[end++] = unit;
      isApart = false;
    }
  }
  return Buffer.from(units.buffer, 0, end * 2).toString('utf16le');
}

function standIn(content: Content): string {
  switch (content.type) {
    case 'text':
      return content.text ?? '';
    case 'location':
      return `[Location] ${content.description ?? ''}`;
    case 'face':
      return '[Face]';
    case 'sound':
      return `[Voice] ${duration(content.seconds)}`;
    case 'file':
      return `[File] ${content.name ?? ''}`;
    case 'image':
      return '[Image]';
    case 'video':
      return `[Video] ${duration(content.seconds)}`;
    case 'relay':
      return `[Forwarded] ${content.title ?? ''}`;
    case 'custom':
      return content.card === null ? '[Custom]' : cardText(content.card);
    case 'unknown':
      return '[Unknown]';
  }
}

// The web client sends 0 if it does not know.
function duration(seconds: number | null): string {
  return seconds !== null && seconds > 0 ? `${seconds}s` : '';
}

/** Where a card's payload has its text: the object's name and its fields in order of preference. */
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

/** The text line of a card. Its payload is outside data: an undocumented one has no text. */
function cardText({ kind, payload }: Card): string {
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
