import { customElement, textElement, type WireElement } from './wire.js';

const VIDEO_OLD_SDK = { VideoUUID: 'v-2', VideoSize: 1194603, VideoSecond: 5, VideoFormat: 'mp4' };

function element(MsgType: string, MsgContent: Readonly<Record<string, unknown>>): WireElement {
  return { MsgType, MsgContent };
}

/** Each documented element with all its fields, then as old SDKs send it, then several in one message. */
export function elements(): WireElement[][] {
  return [
    [textElement('Plain text, 中文, العربية, emoji 🎧👩🏽‍💻')],
    [element('TIMLocationElem', { Desc: 'Shenzhen office', Latitude: 22.5219, Longitude: 113.9353 })],
    [element('TIMFaceElem', { Index: 1, Data: 'content' })],
    [customElement('message', 'notification', 'url', 'dingdong.aiff')],
    [
      element('TIMSoundElem', {
        Url: 'https://cos.example/s-1',
        UUID: 's-1',
        Size: 62351,
        Second: 12,
        Download_Flag: 2,
      }),
    ],
    [element('TIMSoundElem', { UUID: 's-2', Size: 62351, Second: 1 })],
    ...[1, 2, 3, 4, 255].map((format) => [image(format)]),
    [
      element('TIMFileElem', {
        Url: 'https://cos.example/f-1',
        UUID: 'f-1',
        FileSize: 1773552,
        FileName: 'invoice.pdf',
        Download_Flag: 2,
      }),
    ],
    [element('TIMFileElem', { UUID: 'f-2', FileSize: 3, FileName: '../../etc/passwd\u202Egpj.exe' })],
    [
      element('TIMVideoFileElem', {
        VideoUrl: 'https://cos.example/v-1',
        ...VIDEO_OLD_SDK,
        VideoDownloadFlag: 2,
        ThumbUrl: 'https://cos.example/t-1',
        ThumbUUID: 't-1',
        ThumbSize: 13907,
        ThumbWidth: 720,
        ThumbHeight: 1280,
        ThumbFormat: 'JPG',
        ThumbDownloadFlag: 2,
      }),
    ],
    [
      element('TIMVideoFileElem', {
        ...VIDEO_OLD_SDK,
        ThumbUUID: 't-2',
        ThumbSize: 13907,
        ThumbWidth: 0,
        ThumbHeight: 0,
      }),
    ],
    [relay(2)],
    // One level deeper than a reader has to follow.
    [relay(7)],
    [
      element('TIMRelayElem', {
        Title: 'Long chat',
        MsgNum: 300,
        CompatibleText: '',
        AbstractList: [],
        JsonMsgKey: 'key-1',
      }),
    ],
    [element('TIMGroupTipElem', { OpType: 1, MemberList: ['a', 'b'] })],
    [element('TIMHologramElem', { Beam: [1, 2, 3] })],
    [textElement('Look at this:'), image(1), textElement('and at this'), customElement('{"a":1}')],
  ];
}

function image(format: number): WireElement {
  return element('TIMImageElem', {
    UUID: `i-${format}`,
    ImageFormat: format,
    ImageInfoArray: [
      { Type: 1, Size: 1853095, Width: 2448, Height: 3264, URL: `https://cos.example/i-${format}/0` },
      { Type: 2, Size: 2565240, Width: 0, Height: 0, URL: `https://cos.example/i-${format}/720` },
      { Type: 3, Size: 12535, Width: 148, Height: 198, URL: `https://cos.example/i-${format}/198` },
      { Type: 9, Size: 1, Width: 1, Height: 1, URL: '' },
    ],
  });
}

/** Forwarded messages inside forwarded messages, so many levels deep. */
function relay(levels: number): WireElement {
  const inner = levels > 1 ? relay(levels - 1) : textElement('the innermost message');
  return element('TIMRelayElem', {
    Title: `Chat history, ${levels} deep`,
    MsgNum: 2,
    CompatibleText: 'Please update to see this message',
    AbstractList: ['Ann: hi', 'Bob: see below'],
    MsgList: [
      {
        From_Account: 'ann',
        To_Account: 'bob',
        MsgSeq: 1,
        MsgRandom: 11,
        MsgTimeStamp: 1730939030,
        MsgBody: [textElement('hi'), image(3)],
        CloudCustomData: '',
      },
      { From_Account: 'bob', GroupId: '@TGS#1', MsgSeq: 2, MsgRandom: 12, MsgTimeStamp: 1730939031, MsgBody: [inner] },
    ],
  });
}
