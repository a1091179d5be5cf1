import { compare } from '../compare.mjs';
import { cpuRow } from '../row.mjs';
import { startServer } from '../server-process.mjs';
import { asEnvironment, CLIENT_HEADERS, get, LONG_FRESH, startService } from '../service.mjs';
import { PATH } from './hit.mjs';

/** A client that has the page already. */
export async function notModified({ desk, redis, rounds, seconds }) {
  const service = await startService(desk, { ...LONG_FRESH, REDIS_URL: redis.url });
  const { rawHeaders } = await get(service.url + PATH, CLIENT_HEADERS);
  const headers = { ...CLIENT_HEADERS, 'if-none-match': rawHeaders[rawHeaders.indexOf('etag') + 1] };
  const bare = await startServer('bench/servers/bare-http.mjs', asEnvironment(await get(service.url + PATH, headers)));
  const job = { paths: [PATH], headers, status: 304 };
  const contestants = [
    { name: 'service', server: service, job },
    { name: 'bare', server: bare, job },
  ];
  const raw = await compare(contestants, { rounds, seconds });
  await Promise.all([service.stop(), bare.stop()]);
  return { raw, rows: [cpuRow('304', 'bare node:http answering 304', 1.8, raw.service, raw.bare)] };
}
