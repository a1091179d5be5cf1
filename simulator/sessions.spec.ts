import { describe, expect, it, test } from '@jest/globals';
import { isObject } from './json-object.js';
import { Sessions } from './sessions.js';
import { textMessage } from './sessions/wire.js';

const START = Date.UTC(2025, 5, 1);

function all(sessions: Sessions, id: string, now = START): readonly unknown[] {
  return sessions.find(id)?.all(now) ?? [];
}

function times(messages: readonly unknown[]): unknown[] {
  return messages.map((message) => (isObject(message) ? message['Timestamp'] : undefined));
}

describe('the seeded sessions', () => {
  test.each([
    ['b0f4ca12-4850-4218-a284-efe679a87066', 26],
    ['long-session', 1234],
    ['empty-session', 0],
    ['growing-session', 12],
  ])('%s has %i messages', (id, length) => {
    expect(all(new Sessions(() => START), id)).toHaveLength(length);
  });

  test.each(['b0f4ca12-4850-4218-a284-efe679a87066', 'long-session', 'session-of-everything', 'growing-session'])(
    '%s is in the order of time, each Timestamp a whole number',
    (id) => {
      const at = times(all(new Sessions(() => START), id));
      expect(at.every(Number.isSafeInteger)).toBe(true);
      expect(at).toEqual([...at].sort((a, b) => Number(a) - Number(b)));
    },
  );

  it('hold every element type and every visible card', () => {
    const text = JSON.stringify(all(new Sessions(() => START), 'session-of-everything'));
    const elements = ['Text', 'Location', 'Face', 'Custom', 'Sound', 'Image', 'File', 'VideoFile', 'Relay', 'Hologram'];
    for (const name of elements) expect(text).toContain(`"TIM${name}Elem"`);
    for (const src of [9, 10, 15, 21, 22, 28, 29, 30, 31]) expect(text).toContain(`\\"src\\":\\"${src}\\"`);
    expect(text).toContain('\\"chatbotPlugin\\":1,\\"src\\":2');
  });

  it('grow by one message every five seconds, and never lose one', () => {
    let now = START;
    const sessions = new Sessions(() => now);
    expect(times(all(sessions, 'growing-session', now)).at(-1)).toBe(START);
    now += 4999;
    expect(all(sessions, 'growing-session', now)).toHaveLength(12);
    now += 10_001;
    expect(times(all(sessions, 'growing-session', now)).slice(-3)).toEqual([
      START + 5000,
      START + 10_000,
      START + 15_000,
    ]);
    sessions.append('growing-session', [textMessage('mine', now + 1)]);
    now += 5000;
    expect(times(all(sessions, 'growing-session', now)).slice(-2)).toEqual([START + 15_001, START + 20_000]);
  });
});

describe('a reset', () => {
  it('keeps the length and the messages of the growing session', () => {
    let now = START;
    const sessions = new Sessions(() => now);
    now += 60_000;
    const before = [...all(sessions, 'growing-session', now)];
    expect(before).toHaveLength(24);
    sessions.append('growing-session', [textMessage('mine', now)]);
    sessions.reset();
    expect(all(sessions, 'growing-session', now)).toEqual(before);
  });
});

describe('generated sessions', () => {
  it('are the same in every simulator, and of 20 to 300 messages', () => {
    for (let n = 0; n < 200; n += 1) {
      const messages = all(new Sessions(() => START), `load-${n}`);
      expect(messages.length).toBeGreaterThanOrEqual(20);
      expect(messages.length).toBeLessThanOrEqual(300);
    }
    expect(all(new Sessions(() => START), 'load-7')).toEqual(all(new Sessions(() => 0), 'load-7'));
    expect(all(new Sessions(() => START), 'load-7')).not.toEqual(all(new Sessions(() => START), 'load-8'));
  });

  test.each(['session-0001', 'load-123456'])('%s is one', (id) => {
    expect(new Sessions(() => START).find(id)).toBeDefined();
  });

  test.each(['load-', 'load-x', 'session-1', 'b0f4ca12'])('%s is none', (id) => {
    expect(new Sessions(() => START).find(id)).toBeUndefined();
  });

  it('keep what was appended, however many others are asked for', () => {
    const sessions = new Sessions(() => START);
    const length = all(sessions, 'load-1').length;
    sessions.append('load-1', [textMessage('one more', START)]);
    for (let n = 2; n < 2100; n += 1) sessions.find(`load-${n}`);
    expect(all(sessions, 'load-1')).toHaveLength(length + 1);
  });

  it('stay removed until the reset', () => {
    const sessions = new Sessions(() => START);
    expect(sessions.remove('load-1')).toBe(true);
    expect(sessions.find('load-1')).toBeUndefined();
    sessions.reset();
    expect(sessions.find('load-1')).toBeDefined();
  });
});
