import { describe, expect, it } from '@jest/globals';
import { toContents } from './content.js';

function element(MsgType: string, MsgContent: unknown): unknown {
  return { MsgType, MsgContent };
}

describe('toContents', () => {
  it.each([
    ['text', element('TIMTextElem', { Text: 'hello' }), { type: 'text', text: 'hello' }],
    [
      'location',
      element('TIMLocationElem', { Desc: 'Shenzhen', Latitude: 22.54, Longitude: 114.06 }),
      { type: 'location', description: 'Shenzhen', latitude: 22.54, longitude: 114.06 },
    ],
    ['face', element('TIMFaceElem', { Index: 1, Data: '[smile]' }), { type: 'face', index: 1, data: '[smile]' }],
    [
      'sound',
      element('TIMSoundElem', { Url: 'https://cos/a', UUID: 'a', Size: 6221, Second: 12, Download_Flag: 2 }),
      { type: 'sound', url: 'https://cos/a', uuid: 'a', size: 6221, seconds: 12 },
    ],
    [
      'file',
      element('TIMFileElem', { Url: 'https://cos/f', UUID: 'f', FileSize: 1773552, FileName: 'invoice.pdf' }),
      { type: 'file', url: 'https://cos/f', uuid: 'f', name: 'invoice.pdf', size: 1773552 },
    ],
    [
      'file whose name is spelt as in one table',
      element('TIMFileElem', { FileName: null, fileName: 'a.txt' }),
      { type: 'file', url: null, uuid: null, name: 'a.txt', size: null },
    ],
    [
      'image',
      element('TIMImageElem', {
        UUID: 'i',
        ImageFormat: 3,
        ImageInfoArray: [
          { Type: 1, Size: 1853095, Width: 2448, Height: 3264, URL: 'https://cos/1' },
          { Type: 3, Size: 4000, Width: 198, Height: 264, URL: 'https://cos/3' },
          { Type: 9 },
          {},
        ],
      }),
      {
        type: 'image',
        uuid: 'i',
        format: 'png',
        variants: [
          { kind: 'original', url: 'https://cos/1', size: 1853095, width: 2448, height: 3264 },
          { kind: 'thumbnail', url: 'https://cos/3', size: 4000, width: 198, height: 264 },
          { kind: 'unknown', url: null, size: null, width: null, height: null },
          { kind: null, url: null, size: null, width: null, height: null },
        ],
      },
    ],
    [
      'video',
      element('TIMVideoFileElem', {
        VideoUrl: 'https://cos/v',
        VideoUUID: 'v',
        VideoSize: 1194603,
        VideoSecond: 5,
        VideoFormat: 'mp4',
        VideoDownloadFlag: 2,
        ThumbUrl: 'https://cos/t',
        ThumbUUID: 't',
        ThumbSize: 13907,
        ThumbWidth: 720,
        ThumbHeight: 1280,
        ThumbFormat: 'JPG',
        ThumbDownloadFlag: 2,
      }),
      {
        type: 'video',
        url: 'https://cos/v',
        uuid: 'v',
        size: 1194603,
        seconds: 5,
        format: 'mp4',
        thumbnail: { url: 'https://cos/t', uuid: 't', size: 13907, width: 720, height: 1280, format: 'JPG' },
      },
    ],
    [
      'custom element that is the app’s own',
      element('TIMCustomElem', { Data: 'vote#7', Desc: 'a vote', Ext: 'x', Sound: 'dingdong.aiff' }),
      { type: 'custom', data: 'vote#7', description: 'a vote', extension: 'x', sound: 'dingdong.aiff', card: null },
    ],
  ])('reads %s', (_, desk, ours) => {
    expect(toContents([desk])).toEqual([ours]);
  });

  it.each([
    ['TIMTextElem', { type: 'text', text: null }],
    ['TIMLocationElem', { type: 'location', description: null, latitude: null, longitude: null }],
    ['TIMFaceElem', { type: 'face', index: null, data: null }],
    ['TIMSoundElem', { type: 'sound', url: null, uuid: null, size: null, seconds: null }],
    ['TIMImageElem', { type: 'image', uuid: null, format: null, variants: [] }],
    ['TIMCustomElem', { type: 'custom', data: null, description: null, extension: null, sound: null, card: null }],
    [
      'TIMRelayElem',
      { type: 'relay', title: null, count: null, compatibleText: null, abstracts: [], messages: [], key: null },
    ],
  ])('returns null for a scalar and [] for a list that %s left out', (type, ours) => {
    expect(toContents([element(type, {})])).toEqual([ours]);
  });

  it.each([
    [1, 'jpg'],
    [2, 'gif'],
    [3, 'png'],
    [4, 'bmp'],
    [255, 'other'],
    [7, 'other'],
  ])('calls image format %d %s', (ImageFormat, format) => {
    expect(toContents([element('TIMImageElem', { ImageFormat })])).toMatchObject([{ format }]);
  });

  it('treats an explicit null as a field left out', () => {
    const nulls = { UUID: null, ImageFormat: null, ImageInfoArray: null };
    expect(toContents([element('TIMImageElem', nulls)])).toEqual(toContents([element('TIMImageElem', {})]));
  });

  it('reads a number that JSON cannot write as null', () => {
    const huge: unknown = JSON.parse('[{"MsgType":"TIMFaceElem","MsgContent":{"Index":1e999}}]');
    expect(toContents(huge)).toEqual([{ type: 'face', index: null, data: null }]);
  });

  it.each([
    ['TIMTextElem', { Text: 5 }],
    ['TIMLocationElem', { Latitude: '22.5' }],
    ['TIMFaceElem', { Index: '1' }],
    ['TIMSoundElem', { Download_Flag: '2' }],
    ['TIMImageElem', { ImageInfoArray: {} }],
    ['TIMImageElem', { ImageInfoArray: [1] }],
    ['TIMImageElem', { ImageInfoArray: [{ Width: '10' }] }],
    ['TIMFileElem', { FileName: 'a', fileName: 1 }],
    ['TIMVideoFileElem', { ThumbFormat: true }],
    ['TIMCustomElem', { Data: { src: '15' } }],
    ['TIMTextElem', null],
    ['TIMTextElem', 'hello'],
    ['TIMTextElem', []],
    ['TIMGroupTipElem', { OpType: 1 }],
    ['constructor', {}],
    ['__proto__', {}],
  ])('passes %s with %j on whole, as unknown', (type, content) => {
    const desk = element(type, content);
    expect(toContents([desk])).toEqual([{ type: 'unknown', rawType: type, raw: desk }]);
  });

  it.each([[null], [7], ['hello'], [[]], [{ MsgContent: {} }], [{ MsgType: 3, MsgContent: { Text: 'x' } }]])(
    'keeps the element %j without a type of its own',
    (desk) => {
      expect(toContents([desk])).toEqual([{ type: 'unknown', rawType: null, raw: desk }]);
    },
  );

  it('returns no elements for no body, and one unknown element for a body that is no list', () => {
    expect([toContents(null), toContents(undefined), toContents([])]).toEqual([[], [], []]);
    expect(toContents('hello')).toEqual([{ type: 'unknown', rawType: null, raw: 'hello' }]);
    const lone = element('TIMTextElem', { Text: 'x' });
    expect(toContents(lone)).toEqual([{ type: 'unknown', rawType: 'TIMTextElem', raw: lone }]);
  });
});
