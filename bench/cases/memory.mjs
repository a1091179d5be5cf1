import { load } from '../load.mjs';
import { random } from '../random.mjs';
import { CLIENT_HEADERS, startService } from '../service.mjs';

const SESSIONS = 10_000;
const MOST_MB = 250;
/** Flat: the last fifth needs at most a tenth more than the second, when the cache was full already. */
const MOST_GROWTH = 1.1;
const STEPS = 20;
const QUERIES = ['', '?limit=50', '?limit=100&order=asc', '?limit=20&offset=20'];

/** Far more sessions than the memory level holds: it is full after the first step and then evicts all the time. */
export async function memory({ desk, requests }) {
  const service = await startService(desk, { CACHE_MEMORY_BYTES: String(64 * 1024 * 1024) });
  const chance = random('memory');
  const curve = [await megabytes(service)];
  for (let step = 0; step < STEPS; step++) {
    const amount = requests / STEPS;
    const paths = Array.from({ length: amount }, (_, i) => pick(chance, step * amount + i));
    await load(service.url, { paths, headers: CLIENT_HEADERS, amount });
    curve.push(await megabytes(service));
  }
  await service.stop();
  return { raw: { requests, sessions: SESSIONS, curve }, rows: [row(curve, requests)] };
}

/** Every tenth request goes to the next session in turn, so that all are read; the others prefer some sessions. */
function pick(chance, nth) {
  const session = nth % 10 === 0 ? nth / 10 : Math.floor(chance() ** 3 * SESSIONS);
  return `/sessions/load-${session % SESSIONS}/messages${QUERIES[Math.floor(chance() * QUERIES.length)]}`;
}

/** Without the lines that still wait to be written: their number depends on the log's reader. */
async function megabytes(server) {
  await server.log.drained();
  return Math.round((await server.usage()).rss / 1e6);
}

function row(curve, requests) {
  const peak = Math.max(...curve);
  const mean = (from, to) => average(curve.slice(from, to));
  const growth = mean(-STEPS / 5, undefined) / mean(STEPS / 5 + 1, (2 * STEPS) / 5 + 1);
  return {
    case: `memory after ${requests.toLocaleString('en')} requests over ${SESSIONS.toLocaleString('en')} sessions, 64 MiB of cache`,
    against: '',
    goal: `RSS ≤ ${MOST_MB} MB, and flat`,
    measured: `peak ${peak} MB; ${curve.filter((_, i) => i % (STEPS / 5) === 0).join(' → ')}`,
    isMet: peak <= MOST_MB && growth <= MOST_GROWTH,
  };
}

function average(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
