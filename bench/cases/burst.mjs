import { Agent } from 'node:http';
import { CLIENT_HEADERS, deskCalls, get, startService } from '../service.mjs';

const REPLICAS = 3;
const REQUESTS = 300;
const LATENCY_MS = 100;

/** Everybody wants the same page at once, on all replicas, and nobody has it. */
export async function burst({ desk, redis, rounds }) {
  const replicas = await Promise.all(
    Array.from({ length: REPLICAS }, () => startService(desk, { REDIS_URL: redis.url })),
  );
  await setLatency(desk, LATENCY_MS);
  const agent = new Agent({ keepAlive: true, maxSockets: REQUESTS });
  const taken = [];
  for (let round = 0; round < rounds; round++) {
    const before = await deskCalls(desk);
    const path = `/sessions/load-${200_000 + round}/messages?limit=50`;
    const answers = await Promise.all(
      Array.from({ length: REQUESTS }, (_, i) => get(replicas[i % REPLICAS].url + path, CLIENT_HEADERS, { agent })),
    );
    const bodies = new Set(answers.map(({ status, body }) => `${status} ${body}`));
    taken.push({ calls: (await deskCalls(desk)) - before, differentAnswers: bodies.size, status: answers[0].status });
  }
  agent.destroy();
  await setLatency(desk, 0);
  await Promise.all(replicas.map((replica) => replica.stop()));
  const most = Math.max(...taken.map(({ calls }) => calls));
  const isSame = taken.every(({ differentAnswers, status }) => differentAnswers === 1 && status === 200);
  return {
    raw: { rounds: taken },
    rows: [
      {
        case: `${REPLICAS} replicas, ${REQUESTS} requests at once on one cold session`,
        against: '',
        goal: '1 desk call',
        measured: `${most} desk call${most === 1 ? '' : 's'}${isSame ? '' : ', answers differ'}`,
        isMet: most === 1 && isSame,
      },
    ],
  };
}

async function setLatency(desk, ms) {
  await get(`${desk.url}/simulator/latency`, {}, { method: 'PUT', body: JSON.stringify({ ms }) });
}
