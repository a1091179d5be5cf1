/**
 * What a message holds, one entry per element of the desk's MsgBody, told apart by `type`. A scalar that the desk left
 * out is null and a list is empty, so that a client never has to ask whether a key is there.
 */
export type Content =
  | TextContent
  | LocationContent
  | FaceContent
  | SoundContent
  | FileContent
  | ImageContent
  | VideoContent
  | RelayContent
  | CustomContent
  | UnknownContent;

export interface TextContent {
  readonly type: 'text';
  readonly text: string | null;
}

export interface LocationContent {
  readonly type: 'location';
  readonly description: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
}

export interface FaceContent {
  readonly type: 'face';
  readonly index: number | null;
  readonly data: string | null;
}

export interface SoundContent {
  readonly type: 'sound';
  readonly url: string | null;
  readonly uuid: string | null;
  readonly size: number | null;
  readonly seconds: number | null;
}

export interface FileContent {
  readonly type: 'file';
  readonly url: string | null;
  readonly uuid: string | null;
  readonly name: string | null;
  readonly size: number | null;
}

export interface ImageContent {
  readonly type: 'image';
  readonly uuid: string | null;
  readonly format: ImageFormat | null;
  readonly variants: readonly ImageVariant[];
}

export type ImageFormat = 'jpg' | 'gif' | 'png' | 'bmp' | 'other';
export type ImageKind = 'original' | 'large' | 'thumbnail' | 'unknown';

export interface ImageVariant {
  readonly kind: ImageKind | null;
  readonly url: string | null;
  readonly size: number | null;
  readonly width: number | null;
  readonly height: number | null;
}

export interface VideoContent {
  readonly type: 'video';
  readonly url: string | null;
  readonly uuid: string | null;
  readonly size: number | null;
  readonly seconds: number | null;
  readonly format: string | null;
  readonly thumbnail: VideoThumbnail;
}

export interface VideoThumbnail {
  readonly url: string | null;
  readonly uuid: string | null;
  readonly size: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly format: string | null;
}

export interface RelayContent {
  readonly type: 'relay';
  readonly title: string | null;
  readonly count: number | null;
  readonly compatibleText: string | null;
  readonly abstracts: readonly string[];
  readonly messages: readonly RelayedMessage[];
  /** Where the forwarded messages are over 12 KB the desk sends this key in their place. */
  readonly key: string | null;
}

export interface RelayedMessage {
  readonly from: string | null;
  readonly sentAt: string | null;
  readonly content: readonly Content[];
}

export interface CustomContent {
  readonly type: 'custom';
  readonly data: string | null;
  readonly description: string | null;
  readonly extension: string | null;
  readonly sound: string | null;
  readonly card: Card | null;
}

export type CardKind =
  'rating' | 'rating-result' | 'options' | 'form' | 'product' | 'order' | 'bot' | 'markdown' | 'stream' | 'control';

/** A message of the Desk plug-in, which travels as JSON text inside a custom element. */
export interface Card {
  readonly kind: CardKind;
  readonly source: number | null;
  readonly payload: unknown;
}

export interface UnknownContent {
  readonly type: 'unknown';
  readonly rawType: string | null;
  readonly raw: unknown;
}
