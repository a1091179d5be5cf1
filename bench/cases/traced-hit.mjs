import { once } from 'node:events';
import { createServer } from 'node:http';
import { compare } from '../compare.mjs';
import { cpuRow } from '../row.mjs';
import { CLIENT_HEADERS, get, LONG_FRESH, startService } from '../service.mjs';
import { PATH } from './hit.mjs';

/** What traces cost a hit: with one request in a hundred sampled, and with all. */
export async function tracedHit({ desk, redis, rounds, seconds }) {
  const receiver = createServer((request, response) => {
    request.resume().on('end', () => response.end());
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const environment = { ...LONG_FRESH, REDIS_URL: redis.url };
  const traced = (share) => ({
    ...environment,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${receiver.address().port}`,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: share,
  });
  const servers = {
    off: await startService(desk, environment),
    some: await startService(desk, traced('0.01')),
    all: await startService(desk, traced('1')),
  };
  for (const { url } of Object.values(servers)) await get(url + PATH, CLIENT_HEADERS);
  const job = { paths: [PATH], headers: CLIENT_HEADERS };
  const contestants = Object.entries(servers).map(([name, server]) => ({ name, server, job }));
  const raw = await compare(contestants, { rounds, seconds });
  await Promise.all(Object.values(servers).map((server) => server.stop()));
  receiver.close();
  return {
    raw,
    rows: [
      cpuRow('hit from memory, one in 100 traced', 'the same, no traces', 1.1, raw.some, raw.off),
      cpuRow('hit from memory, all traced', 'the same, no traces', 2, raw.all, raw.off),
    ],
  };
}
