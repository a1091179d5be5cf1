import { isJsonObject } from '../json.js';
import { type ContentType } from './content-type.js';
import { CustomContent, readCustom } from './elements/custom.js';
import { FaceContent, readFace } from './elements/face.js';
import { FileContent, readFile } from './elements/file.js';
import { ImageContent, readImage } from './elements/image.js';
import { LocationContent, readLocation } from './elements/location.js';
import { readRelay, RelayContent } from './elements/relay.js';
import { readSound, SoundContent } from './elements/sound.js';
import { readText, TextContent } from './elements/text.js';
import { unknownContent, UnknownContent } from './elements/unknown.js';
import { readVideo, VideoContent } from './elements/video.js';
import { Fields } from './fields.js';

/**
 * The elements of a message, one for each element of the desk's MsgBody, distinguished by `type`. A scalar that the
 * desk left out is null and a list is empty, so that a client never has to check whether a key exists.
 */
export type Content =
  | TextContent
  | LocationContent
  | FaceContent
  | SoundContent
  | FileContent
  | ImageContent
  | VideoContent
  | RelayContent<Content>
  | CustomContent
  | UnknownContent;

interface Element<Type extends ContentType> {
  readonly msgType: string;
  readonly schema: new () => Extract<Content, { readonly type: Type }>;
  readonly read: (fields: Fields, relays: number) => Extract<Content, { readonly type: Type }>;
}

/** Every kind of element that the desk documents. */
const ELEMENTS: { readonly [Type in Exclude<ContentType, 'unknown'>]: Element<Type> } = {
  text: { msgType: 'TIMTextElem', schema: TextContent, read: readText },
  location: { msgType: 'TIMLocationElem', schema: LocationContent, read: readLocation },
  face: { msgType: 'TIMFaceElem', schema: FaceContent, read: readFace },
  sound: { msgType: 'TIMSoundElem', schema: SoundContent, read: readSound },
  file: { msgType: 'TIMFileElem', schema: FileContent, read: readFile },
  image: { msgType: 'TIMImageElem', schema: ImageContent, read: readImage },
  video: { msgType: 'TIMVideoFileElem', schema: VideoContent, read: readVideo },
  relay: {
    msgType: 'TIMRelayElem',
    schema: RelayContent,
    read: (fields, relays) => readRelay(fields, (body) => body.map((item) => toContent(item, relays + 1))),
  },
  custom: { msgType: 'TIMCustomElem', schema: CustomContent, read: readCustom },
};

/** The classes behind the schemas of CONTENT_UNION. */
export const contentSchemas = [...Object.values(ELEMENTS).map(({ schema }) => schema), UnknownContent];

/** Relays may be nested: the fifth level is still read, a sixth is `unknown`. */
const MAX_RELAYS = 5;

// A Map and no object literal: MsgType is outside data and may be "constructor".
const READERS = new Map<unknown, Element<ContentType>['read']>(
  Object.values(ELEMENTS).map(({ msgType, read }) => [msgType, read]),
);

/**
 * A message's elements. Without a body there are none; a body that is no list becomes one unknown element, so that no
 * content is lost.
 */
export function toContents(msgBody: unknown): Content[] {
  if (msgBody === null || msgBody === undefined) return [];
  return Array.isArray(msgBody) ? msgBody.map((element) => toContent(element, 0)) : [unknownContent(msgBody)];
}

function toContent(element: unknown, relays: number): Content {
  if (!isJsonObject(element) || !isJsonObject(element['MsgContent'])) return unknownContent(element);
  const type = element['MsgType'];
  const read = READERS.get(type);
  if (read === undefined || (type === ELEMENTS.relay.msgType && relays >= MAX_RELAYS)) return unknownContent(element);

  const fields = new Fields(element['MsgContent']);
  const content = read(fields, relays);
  return fields.intact ? content : unknownContent(element);
}
