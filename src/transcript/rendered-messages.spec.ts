import { describe, expect, it } from '@jest/globals';
import { messageOf } from '../../test/model-desk.js';
import { RenderedMessages } from './rendered-messages.js';

const messages = [messageOf(0, 1_700_000_000_000), messageOf(1, 1_700_000_000_500, 'héllo\n"world"')];
const payload = RenderedMessages.of(messages).encode();

describe('a run of messages', () => {
  it('is decoded as it was encoded', () => {
    const decoded = RenderedMessages.decode(payload);
    expect(decoded?.count).toBe(2);
    expect(decoded?.equals(RenderedMessages.of(messages))).toBe(true);
    expect(decoded?.newestAt).toBe(1_700_000_000_500);
  });

  it('keeps nothing in memory but its own bytes', () => {
    for (const run of [RenderedMessages.of(messages), RenderedMessages.decode(payload)]) {
      const held = [0, 1].map((index) => run?.json(index));
      expect(held[0]?.buffer.byteLength).toBe(held.reduce((sum, json) => sum + (json?.length ?? 0), 0));
    }
  });

  it('is a miss wherever it is truncated, or has bytes behind it', () => {
    for (let length = 0; length < payload.length; length++) {
      expect(RenderedMessages.decode(payload.subarray(0, length))).toBeUndefined();
    }
    expect(RenderedMessages.decode(Buffer.concat([payload, Buffer.from('!')]))).toBeUndefined();
  });
});
