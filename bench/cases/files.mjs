import { createHash } from 'node:crypto';
import { get as open } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../compare.mjs';
import { API_KEY_SHA256, CLIENT_HEADERS, deskCalls, get, LONG_FRESH, startService } from '../service.mjs';

const MESSAGES = 10_000;
const TALK = 'bench-file';
/** Messages of 1 KB: a smaller file would fit into the sockets' buffers, however slow its reader is. */
const LONG_TALK = 'bench-long-file';
const LONG_TEXT = 'x'.repeat(850);
const LEAST_PER_SECOND = 100_000;
const FILES_PER_ROUND = 20;

const OTHER_API_KEY = 'bench-0d6e1b3c8a2f47f59c11';
const OTHER_SHA256 = createHash('sha256').update(OTHER_API_KEY).digest('hex');
const CALLERS = [CLIENT_HEADERS, { ...CLIENT_HEADERS, 'x-api-key': OTHER_API_KEY }];
/** As many files as a replica allows one caller. */
const READERS_PER_CALLER = 10;
const READ_EVERY_MS = 100;
const SAMPLES = 10;
const SAMPLE_MS = 500;
const MOST_MORE_MB = 10;
/** Flat: the second half of the samples is at most this much above the first. */
const MOST_GROWTH_MB = 2;

/** A whole transcript from memory: the speed for fast readers, and the memory for slow ones. */
export async function files({ desk, rounds }) {
  const talk = await talkOf(desk);
  const long = talk.map(({ Timestamp }, i) => ({
    FromAccount: 'ann',
    FromAccountRole: 1,
    Timestamp,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: `${i} ${LONG_TEXT}` } }],
  }));
  await setSession(desk, TALK, talk);
  await setSession(desk, LONG_TALK, long);
  const service = await startService(desk, {
    ...LONG_FRESH,
    CACHE_MEMORY_BYTES: String(256 * 1024 * 1024),
    API_KEYS: `bench:${API_KEY_SHA256},other:${OTHER_SHA256}`,
  });
  const objects = await readFile(service, TALK);
  await readFile(service, LONG_TALK);
  const callsBefore = await deskCalls(desk);
  const speed = await measureSpeed(service, objects, rounds);
  const memory = await measureMemory(service);
  const calls = (await deskCalls(desk)) - callsBefore;
  await service.stop();
  if (calls > 0) throw new Error(`${calls} desk calls for files that are in memory`);
  return { raw: { speed, memory }, rows: [...speedRows(speed), memoryRow(memory)] };
}

function urlOf(service, id, format = 'ndjson') {
  return `${service.url}/sessions/${id}/messages?format=${format}`;
}

/** The talk of generated sessions, one after the other, a message a minute. */
async function talkOf(desk) {
  const messages = [];
  for (let i = 0; messages.length < MESSAGES; i++) {
    const { body } = await get(`${desk.url}/simulator/sessions/load-${i}?messages`);
    messages.push(...JSON.parse(body).messages);
  }
  messages.length = MESSAGES;
  return messages.map((message, i) => ({ ...message, Timestamp: 1_600_000_000_000 + i * 60_000 }));
}

async function setSession(desk, id, messages) {
  const body = JSON.stringify({ messages });
  const { status } = await get(`${desk.url}/simulator/sessions/${id}`, {}, { method: 'PUT', body });
  if (status !== 200) throw new Error(`the simulator answered ${status}`);
}

/** The objects of the file, which has to be complete. */
async function readFile(service, id) {
  const { body } = await get(urlOf(service, id), CLIENT_HEADERS);
  const objects = body
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const end = objects.pop();
  if (end.type !== 'end' || end.total !== MESSAGES || objects.length !== MESSAGES)
    throw new Error('not the whole file');
  return objects;
}

/** CPU of a file in microseconds, each kind in turn, with JSON.stringify of all its messages in one go in this process. */
async function measureSpeed(service, objects, rounds) {
  const taken = { plain: [], gzip: [], csv: [], stringify: [] };
  for (let round = -1; round < rounds; round++) {
    const cpu = {
      plain: await cpuOfFiles(service, 'ndjson', CLIENT_HEADERS),
      gzip: await cpuOfFiles(service, 'ndjson', { ...CLIENT_HEADERS, 'accept-encoding': 'gzip' }),
      csv: await cpuOfFiles(service, 'csv', CLIENT_HEADERS),
      stringify: cpuOfStringify(objects),
    };
    // The first round warms up.
    if (round >= 0) for (const [kind, list] of Object.entries(taken)) list.push(cpu[kind]);
  }
  return taken;
}

async function cpuOfFiles(service, format, headers) {
  const before = await service.usage();
  for (let i = 0; i < FILES_PER_ROUND; i++) await get(urlOf(service, TALK, format), headers);
  await service.log.drained();
  return ((await service.usage()).cpu - before.cpu) / FILES_PER_ROUND;
}

function cpuOfStringify(objects) {
  const before = process.cpuUsage();
  for (let i = 0; i < FILES_PER_ROUND; i++) JSON.stringify(objects);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / FILES_PER_ROUND;
}

/**
 * Resident memory while all files are open, and before: after as many of them were read fast, one by one, so that their
 * cost does not count as that of slow readers; `first` is from before them.
 */
async function measureMemory(service) {
  const first = await megabytes(service);
  for (let i = 0; i < FILES_PER_ROUND; i++) await get(urlOf(service, LONG_TALK), CLIENT_HEADERS);
  const before = await megabytes(service);
  const readers = CALLERS.flatMap((headers) =>
    Array.from({ length: READERS_PER_CALLER }, () => new SlowReader(urlOf(service, LONG_TALK), headers)),
  );
  const during = [];
  await Promise.all(readers.map((reader) => reader.begun));
  for (let i = 0; i < SAMPLES; i++) {
    await sleep(SAMPLE_MS);
    during.push(await megabytes(service));
  }
  await expectAllUnderWay(service);
  for (const reader of readers) reader.leave();
  return { first, before, during, read: readers.map(({ bytes }) => bytes) };
}

/** A caller with all slots in use gets no further file: so none of the files has ended. */
async function expectAllUnderWay(service) {
  for (const headers of CALLERS) {
    const { status } = await get(urlOf(service, LONG_TALK), headers);
    if (status !== 503) throw new Error(`a file more was answered with ${status}: others have ended`);
  }
}

class SlowReader {
  bytes = 0;
  #outgoing;
  #timer;

  constructor(url, headers) {
    this.begun = new Promise((resolve, reject) => {
      this.#outgoing = open(url, { agent: false, headers }, (incoming) => {
        if (incoming.statusCode !== 200) reject(new Error(`a slow reader was answered ${incoming.statusCode}`));
        // Without a 'data' listener the body stays in the socket.
        this.#timer = setInterval(() => {
          this.bytes += incoming.read()?.length ?? 0;
        }, READ_EVERY_MS);
        incoming.on('readable', () => undefined);
        incoming.on('error', () => undefined);
        resolve();
      }).on('error', reject);
    });
  }

  leave() {
    clearInterval(this.#timer);
    this.#outgoing.destroy();
  }
}

async function megabytes(service) {
  return (await service.usage()).rss / 1e6;
}

function speedRows({ plain, gzip, csv, stringify }) {
  const name = `a file of ${MESSAGES.toLocaleString('en')} messages from memory`;
  return [
    speedRow(name, 'JSON.stringify of the same objects in one go', plain, stringify),
    speedRow(`${name}, gzip`, 'without gzip', gzip, plain),
    speedRow(`${name}, csv`, 'ndjson', csv, plain),
  ];
}

function speedRow(name, against, ours, theirs) {
  const perSecond = (cpu) => Math.round((MESSAGES * 1e6) / median(cpu));
  const micros = (cpu) => `${median(cpu).toFixed(0)} µs`;
  return {
    case: name,
    against,
    goal: `≥ ${LEAST_PER_SECOND.toLocaleString('en')} messages a second of one core`,
    measured: `${perSecond(ours).toLocaleString('en')} / ${perSecond(theirs).toLocaleString('en')}`,
    isMet: perSecond(ours) >= LEAST_PER_SECOND,
    cpu: `${micros(ours)} / ${micros(theirs)}`,
  };
}

function memoryRow({ first, before, during }) {
  const more = during.map((megabytes) => megabytes - before);
  const most = Math.max(...more);
  const half = SAMPLES / 2;
  const growth = median(more.slice(half)) - median(more.slice(0, half));
  return {
    case: `memory while ${CALLERS.length * READERS_PER_CALLER} files of as many, 1 KB each, go to slow readers`,
    against: 'the same service after as many read fast, one by one',
    goal: `≤ ${MOST_MORE_MB} MB more, and flat`,
    measured: `${most.toFixed(1)} MB more on ${before.toFixed(0)} (${first.toFixed(0)} before the fast ones); ${more.map((one) => one.toFixed(1)).join(' → ')}`,
    isMet: most <= MOST_MORE_MB && growth <= MOST_GROWTH_MB,
  };
}
