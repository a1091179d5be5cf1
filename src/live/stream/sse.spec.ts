import { describe, expect, it } from '@jest/globals';
import { messagesEvent } from './newest-messages.js';
import { retryLine, totalEvent } from './sse.js';

describe('the text of an event', () => {
  it('has its own id, or an empty one', () => {
    expect(retryLine(3000) + totalEvent('ready', 26, 26)).toBe(
      'retry: 3000\nevent: ready\nid: 26\ndata: {"total":26}\n\n',
    );
    expect(totalEvent('reset', undefined, 3)).toBe('event: reset\nid:\ndata: {"total":3}\n\n');
  });

  it('holds messages with their positions', () => {
    const messages = [7, 8].map((position) => ({ position, json: Buffer.from('"text":"é"}') }));
    expect(messagesEvent('messages', 9, messages, 9).toString()).toBe(
      'event: messages\nid: 9\ndata: {"messages":[{"position":7,"text":"é"},{"position":8,"text":"é"}],"total":9}\n\n',
    );
    expect(messagesEvent('edited', 9, messages.slice(1)).toString()).toContain('data: {"messages":[{"position":8,');
  });
});
