import { csvLines, type CsvRow } from '../http/csv.js';
import { type JsonObject, objectOf, parseJson } from '../json.js';
import { type TranscriptView } from '../transcript/view.js';
import { messagesIn } from './messages-page.js';

export const CSV_COLUMNS = ['position', 'sentAt', 'senderRole', 'senderId', 'text', 'types', 'urls'] as const;

const LINE_FEED = 0x0a;
const TYPE = '{"type":"message",';

/** A line for each message: its bytes unchanged, after `type` and position. */
export function ndjsonLines(view: TranscriptView): Buffer {
  const messages = messagesIn(view);
  const length = messages.reduce((sum, { lead, json }) => sum + TYPE.length + lead.length + json.length, 0);
  const lines = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const { lead, json } of messages) {
    // `lead` begins with the brace that TYPE has already; the line feed takes its place in the length.
    at += lines.write(TYPE, at, 'latin1');
    at += lines.write(lead.slice(1), at, 'latin1');
    at += json.copy(lines, at);
    at = lines.writeUInt8(LINE_FEED, at);
  }
  return lines;
}

export function csvMessages(view: TranscriptView): Buffer {
  const messages = messagesIn(view);
  return csvLines(messages.map(({ lead, json }) => rowOf(parseJson(lead + json.toString()))));
}

/** Rendered by this service, and possibly read back from Redis. */
function rowOf(message: unknown): CsvRow {
  const { position, sentAt, sender, text, content } = objectOf(message);
  const { id, role } = objectOf(sender);
  const elements = Array.isArray(content) ? content.map(objectOf) : [];
  const types = elements.map(({ type }) => textOf(type));
  const urls = elements.flatMap(urlsIn);
  return [
    typeof position === 'number' ? position : null,
    textOf(sentAt),
    textOf(role),
    textOf(id),
    textOf(text),
    types.join(' '),
    urls.join(' '),
  ];
}

/** Of the element itself, of an image's variants, of a video's thumbnail. */
function urlsIn({ url, variants, thumbnail }: JsonObject): string[] {
  const listed: readonly unknown[] = Array.isArray(variants) ? variants : [];
  const parts = [...listed, thumbnail].map(objectOf);
  return [url, ...parts.map((part) => part['url'])].filter((one) => typeof one === 'string' && one !== '').map(String);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
