import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { demoCredentials } from './credentials.js';
import { isObject } from './json-object.js';
import { textMessage } from './sessions/wire.js';
import { Simulation } from './simulation.js';

const START = Date.UTC(2026, 0, 12, 9);
const TOKEN = 'a-token';
const ID = 'told-of';

interface Sent {
  readonly url: URL;
  readonly body: unknown;
}

describe('the webhooks of the simulator', () => {
  let desk: Simulation;
  /** In the order in which they went out. */
  let sent: Sent[];
  let answer: () => Promise<Response>;

  beforeEach(() => {
    jest.useFakeTimers({ now: START, doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    sent = [];
    answer = () => Promise.resolve(new Response('{}', { status: 200 }));
    jest.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      sent.push({ url, body: JSON.parse(typeof init?.body === 'string' ? init.body : 'null') });
      return answer();
    });
    desk = new Simulation(demoCredentials, Date.now, { url: 'http://bff.test/webhooks/desk', token: TOKEN });
  });

  afterEach(() => {
    desk.webhooks.close();
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  const append = (text: string, id = ID) => {
    desk.append(id, [textMessage(text, Date.now())]);
  };
  const texts = () => sent.map(({ body }) => /"Text":"([^"]*)"/.exec(JSON.stringify(body))?.[1]);
  const requestIds = () => sent.map(({ url }) => url.searchParams.get('RequestID'));
  const total = () => desk.sessions.find(ID)?.all(desk.now()).length ?? 0;
  const outcomes = async () => {
    await jest.advanceTimersByTimeAsync(0);
    return desk.webhooks.sent.map(({ outcome }) => outcome);
  };

  it('are sent at once, one for each change, signed as documented', async () => {
    append('hello');
    desk.webhooks.notify(ID);
    expect(sent).toHaveLength(2);
    const { searchParams } = sent[0]?.url ?? new URL('none:');
    const time = String(START / 1000);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      SdkAppid: String(demoCredentials.sdkAppId),
      CallbackCommand: 'Desk.SessionEventNotify',
      RequestTime: time,
      Sign: createHash('sha256').update(`${TOKEN}${time}`).digest('hex'),
    });
    expect(sent.map(({ body }) => (isObject(body) ? body['SessionId'] : undefined))).toEqual([ID, ID]);
    expect(texts()).toEqual(['hello', undefined]);
    expect(new Set(requestIds()).size).toBe(2);
    expect(await outcomes()).toEqual([200, 200]);
  });

  it('have the secret in the path, and no signature without a token', () => {
    desk.webhooks.sendTo({ url: 'http://bff.test/webhooks/desk/', secret: 'in-the-path' });
    append('hello');
    expect(sent[0]?.url.pathname).toBe('/webhooks/desk/in-the-path');
    expect(sent[0]?.url.searchParams.has('Sign')).toBe(false);
  });

  it('are lost, one in so many, and are recorded as such', async () => {
    desk.webhooks.setFaults({ loseOneIn: 3 });
    for (let i = 1; i <= 7; i++) append(`${i}`);
    expect(texts()).toEqual(['1', '2', '4', '5', '7']);
    expect((await outcomes()).filter((outcome) => outcome === 'lost')).toHaveLength(2);
    expect(total()).toBe(7);
  });

  it('are repeated with the RequestID they had', () => {
    desk.webhooks.setFaults({ repeat: 2 });
    append('once');
    append('again');
    expect(texts()).toEqual(['once', 'once', 'once', 'again', 'again', 'again']);
    expect(new Set(requestIds()).size).toBe(2);
  });

  it('are delayed, and signed when they are sent', () => {
    desk.webhooks.setFaults({ delayMs: 3000 });
    append('late');
    jest.advanceTimersByTime(2999);
    expect(sent).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(texts()).toEqual(['late']);
    expect(sent[0]?.url.searchParams.get('RequestTime')).toBe(String(START / 1000 + 3));
    expect(total()).toBe(1);
  });

  it('swap places if two follow each other within a second', () => {
    desk.webhooks.setFaults({ reorder: true });
    append('first');
    jest.advanceTimersByTime(999);
    append('second');
    expect(texts()).toEqual(['second', 'first']);
    append('alone');
    jest.advanceTimersByTime(1000);
    append('later');
    jest.advanceTimersByTime(1000);
    expect(texts()).toEqual(['second', 'first', 'alone', 'later']);
  });

  it('may be ahead of the records', () => {
    desk.webhooks.setFaults({ recordsLagMs: 2000 });
    append('not yet');
    expect(texts()).toEqual(['not yet']);
    jest.advanceTimersByTime(1999);
    expect(total()).toBe(0);
    jest.advanceTimersByTime(1);
    expect(total()).toBe(1);
  });

  it('record their answer, or that there was none', async () => {
    answer = () => Promise.resolve(new Response('', { status: 401 }));
    append('refused');
    expect(await outcomes()).toEqual([401]);
    answer = () => Promise.reject(new TypeError('fetch failed'));
    append('into the void');
    expect(await outcomes()).toEqual([401, 'failed']);
  });

  it('are cancelled by a reset, delayed ones too, and keep their receiver', () => {
    desk.webhooks.setFaults({ delayMs: 1000, repeat: 1 });
    append('on its way');
    desk.reset();
    jest.advanceTimersByTime(5000);
    expect(sent).toEqual([]);
    append('afterwards');
    expect(texts()).toEqual(['afterwards']);
  });

  it('are counted from 0 again after a reset, so that the same ones are lost', () => {
    for (let test = 0; test < 2; test++) {
      desk.webhooks.setFaults({ loseOneIn: 3 });
      for (const text of ['first', 'second', 'third', 'fourth']) append(text);
      expect(texts().slice(-3)).toEqual(['first', 'second', 'fourth']);
      desk.reset();
    }
  });

  it('are not sent if no receiver is set', () => {
    desk.webhooks.sendTo(undefined);
    append('unheard');
    expect(sent).toEqual([]);
    expect(desk.webhooks.sent).toEqual([]);
  });
});
