import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { CLIENT_HEADERS, deskCalls, get, startService } from '../service.mjs';

const REPLICAS = 3;
const REQUESTS = 300;
const LATENCY_MS = 100;

/** The end of a minute inside a round would start another list. */
const ROUND_MS = 5000;

/** All clients want the same page at once, on all replicas, and no cache has it. */
export async function burst({ desk, redis, rounds }) {
  const replicas = await Promise.all(
    Array.from({ length: REPLICAS }, () => startService(desk, { REDIS_URL: redis.url })),
  );
  await setLatency(desk, LATENCY_MS);
  const session = [];
  const list = [];
  for (let round = 0; round < rounds; round++) {
    session.push(await crowd(desk, replicas, `/sessions/load-${200_000 + round}/messages?limit=50`));
    const leftMs = 60_000 - (Date.now() % 60_000);
    if (leftMs < ROUND_MS) await sleep(leftMs);
    list.push(await crowd(desk, replicas, round === 0 ? '/sessions' : `/sessions?clientId=burst-${round}`));
  }
  await setLatency(desk, 0);
  await Promise.all(replicas.map((replica) => replica.stop()));
  return {
    raw: { session, list },
    rows: [
      row(`${REPLICAS} replicas, ${REQUESTS} requests at once on one cold session`, session),
      row('the same for the default period of lists', list),
    ],
  };
}

async function crowd(desk, replicas, path) {
  const agent = new Agent({ keepAlive: true, maxSockets: REQUESTS });
  const before = await deskCalls(desk);
  const answers = await Promise.all(
    Array.from({ length: REQUESTS }, (_, i) => get(replicas[i % REPLICAS].url + path, CLIENT_HEADERS, { agent })),
  );
  agent.destroy();
  const bodies = new Set(answers.map(({ status, body }) => `${status} ${body}`));
  return { calls: (await deskCalls(desk)) - before, differentAnswers: bodies.size, status: answers[0].status };
}

function row(name, rounds) {
  const most = Math.max(...rounds.map(({ calls }) => calls));
  const isSame = rounds.every(({ differentAnswers, status }) => differentAnswers === 1 && status === 200);
  return {
    case: name,
    against: '',
    goal: '1 desk call',
    measured: `${most} desk call${most === 1 ? '' : 's'}${isSame ? '' : ', answers differ'}`,
    isMet: most === 1 && isSame,
  };
}

async function setLatency(desk, ms) {
  await get(`${desk.url}/simulator/latency`, {}, { method: 'PUT', body: JSON.stringify({ ms }) });
}
