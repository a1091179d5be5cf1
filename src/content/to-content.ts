import { isJsonObject } from '../json.js';
import type { Content, UnknownContent } from './content.js';
import { readCustom } from './custom.js';
import { Fields } from './fields.js';
import { readImage } from './image.js';
import { withinDepth } from './json-depth.js';
import { readFile, readSound, readVideo } from './media.js';
import { readFace, readLocation, readText } from './plain.js';
import { readRelay } from './relay.js';

type Reader = (fields: Fields, relays: number) => Content;

/** A relay in a relay … : the fifth is still read, a sixth is `unknown`. */
const MAX_RELAYS = 5;

// A Map and no object literal: MsgType is outside data and may say "constructor".
const READERS: ReadonlyMap<unknown, Reader> = new Map<unknown, Reader>([
  ['TIMTextElem', readText],
  ['TIMLocationElem', readLocation],
  ['TIMFaceElem', readFace],
  ['TIMCustomElem', readCustom],
  ['TIMSoundElem', readSound],
  ['TIMImageElem', readImage],
  ['TIMFileElem', readFile],
  ['TIMVideoFileElem', readVideo],
  ['TIMRelayElem', (fields, relays) => readRelay(fields, (body) => body.map((item) => toContent(item, relays + 1)))],
]);

/**
 * A message's elements. No body at all is a message without elements; a body that is no list is one element that we do
 * not know, because nothing of a conversation may get lost here.
 */
export function toContents(msgBody: unknown): Content[] {
  if (msgBody === null || msgBody === undefined) return [];
  return Array.isArray(msgBody) ? msgBody.map((element) => toContent(element, 0)) : [unknownContent(msgBody)];
}

function toContent(element: unknown, relays: number): Content {
  if (!isJsonObject(element) || !isJsonObject(element['MsgContent'])) return unknownContent(element);
  const type = element['MsgType'];
  const read = READERS.get(type);
  if (read === undefined || (type === 'TIMRelayElem' && relays >= MAX_RELAYS)) return unknownContent(element);

  const fields = new Fields(element['MsgContent']);
  const content = read(fields, relays);
  return fields.intact ? content : unknownContent(element);
}

function unknownContent(element: unknown): UnknownContent {
  const rawType = isJsonObject(element) ? element['MsgType'] : null;
  return { type: 'unknown', rawType: typeof rawType === 'string' ? rawType : null, raw: withinDepth(element) };
}
