import { get as open } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { compare, median, ratio } from '../compare.mjs';
import { CLIENT_HEADERS, get, LONG_FRESH, startService } from '../service.mjs';
import { PATH } from './hit.mjs';

const SESSIONS = 500;
const STREAMS = 5000;
const OPENED_AT_ONCE = 50;
const SETTLE_MS = 5000;
const SAMPLES = 20;
const MOST_KB = 40;
const MOST_MS = 500;
const MOST_RATIO = 1.5;
const WEBHOOK_SECRET = 'bench-9d41b6c07e2f4a58';
const SDK_APP_ID = '1400000000';

/**
 * Many open streams: the memory of each, how soon a new message reaches all readers, and what they cost other requests.
 */
export async function streams({ desk, rounds, seconds }) {
  const environment = { ...LONG_FRESH, WEBHOOK_PATH_SECRET: WEBHOOK_SECRET, WEBHOOK_FRESH_MS: '3600000' };
  const busy = await startService(desk, {
    ...environment,
    STREAM_MAX: String(STREAMS),
    STREAM_MAX_PER_CALLER: '0',
  });
  const idle = await startService(desk, environment);
  for (const { url } of [busy, idle]) {
    await tell(url, 'another');
    await get(url + PATH, CLIENT_HEADERS);
  }
  for (let i = 0; i < SESSIONS; i++) await setSession(desk, i, [messageAt(0)]);
  // The memory of sockets and sessions from before does not count for streams.
  const first = new Follower(busy.url, 0);
  await first.begun;
  const before = (await busy.usage()).rss;
  const followers = await follow(busy.url);
  await sleep(SETTLE_MS);
  const kilobytes = ((await busy.usage()).rss - before) / STREAMS / 1000;
  const times = await measureTimes(desk, busy.url, followers);
  const job = { paths: [PATH], headers: CLIENT_HEADERS };
  const hits = await compare(
    [
      { name: 'busy', server: { ...busy, linesPerRequest: 0 }, job },
      { name: 'idle', server: { ...idle, linesPerRequest: 0 }, job },
    ],
    { rounds, seconds },
  );
  for (const follower of [first, ...followers]) follower.leave();
  await Promise.all([busy.stop(), idle.stop()]);
  return { raw: { kilobytes, times, hits }, rows: rows(kilobytes, times, hits) };
}

async function follow(url) {
  const followers = [];
  while (followers.length < STREAMS - 1) {
    const more = Array.from(
      { length: Math.min(OPENED_AT_ONCE, STREAMS - 1 - followers.length) },
      (_, i) => new Follower(url, (followers.length + i) % SESSIONS),
    );
    await Promise.all(more.map(({ begun }) => begun));
    followers.push(...more);
  }
  return followers;
}

/** From the moment a webhook is sent to the one at which the last of its session's readers has the message. */
async function measureTimes(desk, url, followers) {
  const times = [];
  for (let session = 0; session < SAMPLES; session++) {
    const readers = followers.filter((follower) => follower.session === session);
    await setSession(desk, session, [messageAt(0), messageAt(1)]);
    const startedAt = performance.now();
    const all = Promise.all(readers.map((reader) => reader.next()));
    await tell(url, nameOf(session));
    await all;
    times.push(performance.now() - startedAt);
  }
  return times;
}

class Follower {
  #outgoing;
  #onMessages = () => undefined;

  constructor(url, session) {
    this.session = session;
    this.begun = new Promise((resolve, reject) => {
      const path = `${url}/sessions/${nameOf(session)}/messages/stream`;
      this.#outgoing = open(path, { agent: false, headers: CLIENT_HEADERS }, (incoming) => {
        if (incoming.statusCode !== 200) reject(new Error(`a stream was answered ${incoming.statusCode}`));
        incoming
          .on('error', () => undefined)
          .on('data', (chunk) => {
            if (chunk.includes('event: ready')) resolve();
            if (chunk.includes('event: messages')) this.#onMessages();
          });
      }).on('error', reject);
    });
  }

  next() {
    return new Promise((resolve) => {
      this.#onMessages = resolve;
    });
  }

  leave() {
    this.#outgoing.destroy();
  }
}

function nameOf(session) {
  return `bench-stream-${session}`;
}

function messageAt(position) {
  return {
    FromAccount: 'ann',
    FromAccountRole: 1,
    Timestamp: 1_700_000_000_000 + position * 1000,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: `message ${position}` } }],
  };
}

async function setSession(desk, session, messages) {
  const body = JSON.stringify({ messages });
  const { status } = await get(`${desk.url}/simulator/sessions/${nameOf(session)}`, {}, { method: 'PUT', body });
  if (status !== 200) throw new Error(`the simulator answered ${status}`);
}

async function tell(url, sessionId) {
  const body = JSON.stringify({ CallbackCommand: 'Desk.SessionEventNotify', SessionId: sessionId });
  const target = `${url}/webhooks/desk/${WEBHOOK_SECRET}?SdkAppid=${SDK_APP_ID}`;
  const { status } = await get(target, { 'content-type': 'application/json' }, { method: 'POST', body });
  if (status !== 200) throw new Error(`a webhook was answered ${status}`);
}

function rows(kilobytes, times, { busy, idle }) {
  const slowest = Math.max(...times);
  const factor = ratio(busy, idle);
  const name = `${STREAMS.toLocaleString('en')} streams over ${SESSIONS} sessions`;
  return [
    {
      case: `${name}: memory of each`,
      against: 'the same service before',
      goal: `≤ ${MOST_KB} KB`,
      measured: `${kilobytes.toFixed(1)} KB`,
      isMet: kilobytes <= MOST_KB,
    },
    {
      case: `${name}: a new message at all who follow its session`,
      against: 'the webhook',
      goal: `≤ ${MOST_MS} ms`,
      measured: `${median(times).toFixed(0)} ms, slowest ${slowest.toFixed(0)} ms`,
      isMet: slowest <= MOST_MS,
    },
    {
      case: `${name}: a hit from memory meanwhile`,
      against: 'the same without streams',
      goal: `≤ ${MOST_RATIO}×`,
      measured: `${factor.toFixed(2)}×`,
      isMet: factor <= MOST_RATIO,
      cpu: `${busy.cpu.toFixed(0)} µs / ${idle.cpu.toFixed(0)} µs`,
    },
  ];
}
