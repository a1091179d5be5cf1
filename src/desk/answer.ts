import { isInteger, isJsonObject, mayBeJsonObject, objectOf, parseJson } from '../json.js';
import { type DeskCommand } from './commands/command.js';

/** A well-formed answer: ErrorCode 0 with the data, or another ErrorCode. */
export type DeskAnswer<Answer> =
  { readonly code: 0; readonly answer: Answer } | { readonly code: number; readonly answer: null };

/**
 * Reads the body of an answer; undefined if it is malformed. The data is checked here, so that all other code can rely
 * on it.
 */
export function readDeskAnswer<Request, Answer>(
  { read }: DeskCommand<Request, Answer>,
  request: Request,
  body: Buffer,
): DeskAnswer<Answer> | undefined {
  const text = body.toString('utf8');
  const json = isReadable(text) ? parseJson(text) : undefined;
  if (!isJsonObject(json)) return undefined;
  const code = json['ErrorCode'];
  if (!isInteger(code)) return undefined;
  if (code !== 0) return { code, answer: null };
  const answer = read(json, request);
  return answer === undefined ? undefined : { code, answer };
}

/** The largest body of an answer after decompression (docs/configuration.md, "Fixed limits"). */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;
/**
 * What two slow cores can parse and render without delaying other requests for long. 10,000 images, each in three
 * variants, have 240,000 values; real pages stay far below.
 */
const MAX_VALUES = 250_000;
/** Deeper nesting makes JSON.parse slow, whatever the length. */
const MAX_LEVELS = 100_000;
/** A card is JSON inside JSON: it is parsed and serialised a second time. */
const CARD_FACTOR = 2;
/** A shorter body cannot exceed the bounds and need not be counted. */
const SAFE_LENGTH = MAX_VALUES / CARD_FACTOR;

/** Whether the body may be parsed at all. */
function isReadable(body: string): boolean {
  if (body.length < SAFE_LENGTH) return true;
  const { values, levels } = jsonSize(body);
  return values <= MAX_VALUES && levels <= MAX_LEVELS;
}

/** The cost of parsing depends on the number of values: 4 MB may be one string or two million lists. */
interface JsonSize {
  /** Values at every level; an empty list or object may count twice. */
  readonly values: number;
  /** How deep lists and objects are nested. */
  readonly levels: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Counts in one pass, without parsing. The result for invalid JSON is arbitrary; JSON.parse rejects that anyway. */
export function jsonSize(text: string): JsonSize {
  let values = 1;
  let levels = 0;
  let level = 0;
  let isInString = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === QUOTE) isInString = !isInString;
    else if (isInString) {
      if (unit === BACKSLASH) i += 1;
    } else if (unit === COMMA) values += 1;
    else if (unit === OPEN_LIST || unit === OPEN_OBJECT) {
      values += 1;
      level += 1;
      if (level > levels) levels = level;
    } else if (unit === CLOSE_LIST || unit === CLOSE_OBJECT) level -= 1;
  }
  return { values, levels };
}

/** Elements of MsgBody, those of forwarded messages included (docs/configuration.md, "Fixed limits"). */
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
  return objectOf(objectOf(element)['MsgContent']);
}

function cardSize(data: unknown) {
  return typeof data === 'string' && mayBeJsonObject(data) ? jsonSize(data) : { values: 0, levels: 0 };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
