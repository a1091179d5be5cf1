import { Agent } from 'node:http';
import { median, percentile } from '../compare.mjs';
import { CLIENT_HEADERS, get, signedUrl, startService } from '../service.mjs';

/** On Node 24 less: its promises and its HTTP client are faster. */
const MOST_AT_MEDIAN_MS = Number(process.versions.node.split('.')[0]) >= 24 ? 2 : 2.5;
const MOST_AT_P99_MS = 8;

/** Sessions that are in no cache, one after the other: through the service, and the same call made directly. */
export async function miss({ desk, redis, rounds, misses }) {
  const service = await startService(desk, { REDIS_URL: redis.url });
  const deskUrl = await signedUrl(desk);
  const agent = new Agent({ keepAlive: true });
  const through = (session) => get(`${service.url}/sessions/${session}/messages?limit=100`, CLIENT_HEADERS, { agent });
  const direct = (session) => get(deskUrl, { 'content-type': 'application/json' }, callFor(session, agent));
  let next = 100_000;
  for (let i = 0; i < misses; i++) {
    await through(`load-${next++}`);
    await direct(`load-${next++}`);
  }
  const taken = [];
  const before = await service.usage();
  for (let round = 0; round < rounds; round++) {
    const times = { through: [], direct: [] };
    for (let i = 0; i < misses; i++) {
      times.through.push(await timed(() => through(`load-${next++}`)));
      times.direct.push(await timed(() => direct(`load-${next++}`)));
    }
    taken.push({
      through: { p50: median(times.through), p99: percentile(times.through, 0.99) },
      direct: { p50: median(times.direct), p99: percentile(times.direct, 0.99) },
    });
  }
  await service.log.drained();
  const cpu = ((await service.usage()).cpu - before.cpu) / (rounds * misses);
  agent.destroy();
  await service.stop();
  return { raw: { cpu, rounds: taken }, rows: [row(taken, cpu)] };
}

/** The call that the service makes for such a page. */
function callFor(session, agent) {
  return { agent, method: 'POST', body: JSON.stringify({ SessionId: session, Limit: 100, Offset: 0, Order: 2 }) };
}

async function timed(ask) {
  const startedAt = performance.now();
  const { status } = await ask();
  if (status !== 200) throw new Error(`answered ${status}`);
  return performance.now() - startedAt;
}

function row(taken, cpu) {
  const added = (field) => median(taken.map(({ through, direct }) => through[field] - direct[field]));
  const at = (way, field) => median(taken.map((round) => round[way][field])).toFixed(1);
  const [p50, p99] = [added('p50'), added('p99')];
  return {
    case: 'miss',
    against: 'the same call made directly, keep-alive',
    goal: `≤ ${MOST_AT_MEDIAN_MS} ms added at the median, ${MOST_AT_P99_MS} ms at p99`,
    measured: `+${p50.toFixed(1)} ms, +${p99.toFixed(1)} ms`,
    isMet: p50 <= MOST_AT_MEDIAN_MS && p99 <= MOST_AT_P99_MS,
    cpu: `${cpu.toFixed(0)} µs / –`,
    perSecond: `median ${at('through', 'p50')} / ${at('direct', 'p50')} ms`,
    p99: `${at('through', 'p99')} / ${at('direct', 'p99')}`,
  };
}
