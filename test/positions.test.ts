import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Simulator } from '../simulator/simulator.js';
import { textMessage } from '../simulator/sessions/wire.js';
import { ask } from './http.js';
import { type Service } from './service.js';
import { startSimulated } from './simulated-service.js';

const PATH = '/sessions/b0f4ca12-4850-4218-a284-efe679a87066/messages';

let simulator: Simulator;
let service: Service;
let stop: () => Promise<void>;

beforeAll(async () => {
  ({ simulator, service, stop } = await startSimulated({ DESK_MAX_RPS: '10000', RATE_LIMIT_PER_MINUTE: '0' }));
});

afterAll(() => stop());

const range = (first: number, end: number) => Array.from({ length: end - first }, (_, i) => ({ position: first + i }));

describe('before', () => {
  test('shows the nearest older messages, newest first, and links to the next ones', async () => {
    const { headers, json } = await ask(service, `${PATH}?before=20&limit=5`);
    expect(json()).toMatchObject({
      messages: range(15, 20).toReversed(),
      page: { limit: 5, before: 20, order: 'desc', total: 26, nextBefore: 15 },
    });
    expect(headers.link).toBe(`<${PATH}?limit=5&before=15&order=desc>; rel="next"`);
  });

  test('above the total shows the newest', async () => {
    const { json } = await ask(service, `${PATH}?before=2147483647&limit=5`);
    expect(json()).toMatchObject({ messages: range(21, 26).toReversed(), page: { nextBefore: 21 } });
  });

  test('ends at the first message, without a link', async () => {
    const { headers, json } = await ask(service, `${PATH}?before=3&limit=5&order=asc`);
    expect(json()).toMatchObject({ messages: range(0, 3), page: { order: 'asc', nextBefore: null } });
    expect(headers.link).toBeUndefined();
    const empty = await ask(service, `${PATH}?before=0`);
    expect(empty.json()).toMatchObject({ messages: [], page: { total: 26, nextBefore: null } });
  });
});

describe('after', () => {
  test('shows the nearest newer messages, oldest first, and links to the next ones', async () => {
    const { headers, json } = await ask(service, `${PATH}?after=9&limit=5`);
    expect(json()).toMatchObject({
      messages: range(10, 15),
      page: { limit: 5, after: 9, order: 'asc', total: 26, nextAfter: 14 },
    });
    expect(headers.link).toBe(`<${PATH}?limit=5&after=14&order=asc>; rel="next"`);
  });

  test('ends with the last message', async () => {
    const { headers, json } = await ask(service, `${PATH}?after=22&order=desc`);
    expect(json()).toMatchObject({ messages: range(23, 26).toReversed(), page: { order: 'desc', nextAfter: null } });
    expect(headers.link).toBeUndefined();
    expect((await ask(service, `${PATH}?after=25`)).json()).toMatchObject({ messages: [], page: { nextAfter: null } });
  });
});

test('the fast path tells pages by position from pages by offset', async () => {
  const pages = ['before=20&limit=5', 'after=20&limit=5', 'offset=20&limit=5', 'limit=5'];
  const cold = [];
  for (const page of pages) cold.push((await ask(service, `${PATH}?${page}`)).text);
  for (const [i, page] of pages.entries()) expect((await ask(service, `${PATH}?${page}`)).text).toBe(cold[i]);
  expect(new Set(cold).size).toBe(pages.length);
});

test('a session whose answers contradict each other is paged by the asc offsets of the desk', async () => {
  simulator.setSession(
    'torn',
    Array.from({ length: 150 }, (_, i) => textMessage(`message ${i}`, 1_700_000_000_000 + i * 1000)),
  );
  simulator.answerInOrder('torn', 'contradicting');
  const of = (query: string) => ask(service, `/sessions/torn/messages?${query}`);
  await of('order=asc&limit=100');
  await of('order=asc&limit=100&offset=100');
  const texts = (first: number, end: number) =>
    Array.from({ length: end - first }, (_, i) => ({ position: null, text: `message ${first + i}` }));
  expect((await of('after=9&limit=5')).json()).toMatchObject({
    messages: texts(10, 15),
    page: { after: 9, nextAfter: 14 },
  });
  expect((await of('before=2147483647&limit=5')).json()).toMatchObject({
    messages: texts(145, 150).toReversed(),
    page: { nextBefore: 145 },
  });
  expect((await of('before=0')).json()).toMatchObject({ messages: [], page: { nextBefore: null, total: 150 } });
});

test.each([
  ['before=1&after=2', 'after'],
  ['before=1&offset=0', 'offset'],
  ['after=1&offset=0', 'offset'],
  ['before=', 'before'],
  ['before=-1', 'before'],
  ['after=1.0', 'after'],
  ['after=2147483648', 'after'],
  ['before=1&before=2', 'before'],
])('%s is 400 on %s', async (query, field) => {
  const answer = await ask(service, `${PATH}?${query}`);
  expect(answer.status).toBe(400);
  expect(answer.json()).toMatchObject({ errors: [{ field }] });
});
