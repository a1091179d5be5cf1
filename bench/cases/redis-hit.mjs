import { compare } from '../compare.mjs';
import { cpuRow } from '../row.mjs';
import { startServer } from '../server-process.mjs';
import { asEnvironment, CLIENT_HEADERS, get, LONG_FRESH, startService } from '../service.mjs';
import { PATH } from './hit.mjs';

/** A page that only Redis holds: the memory level is off. */
export async function redisHit({ desk, redis, rounds, seconds }) {
  const service = await startService(desk, { ...LONG_FRESH, REDIS_URL: redis.url, CACHE_MEMORY_BYTES: '0' });
  await get(service.url + PATH, CLIENT_HEADERS);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const answer = await get(service.url + PATH, CLIENT_HEADERS);
  const status = answer.rawHeaders[answer.rawHeaders.indexOf('cache-status') + 1];
  if (!status.includes('detail=redis')) throw new Error(`not a hit from Redis: ${status}`);
  const bare = await startServer('bench/servers/bare-redis.mjs', { ...asEnvironment(answer), REDIS_URL: redis.url });
  const job = { paths: [PATH], headers: CLIENT_HEADERS };
  const contestants = [
    { name: 'service', server: service, job },
    { name: 'bare', server: bare, job },
  ];
  const raw = await compare(contestants, { rounds, seconds });
  await Promise.all([service.stop(), bare.stop()]);
  const against = 'bare node:http with one ioredis getBuffer';
  return { raw, rows: [cpuRow('hit from Redis, memory level off', against, 2.5, raw.service, raw.bare)] };
}
