import { compare } from '../compare.mjs';
import { cpuRow } from '../row.mjs';
import { startServer } from '../server-process.mjs';
import {
  API_KEY_SHA256,
  asEnvironment,
  CLIENT_HEADERS,
  get,
  LIMITED,
  LONG_FRESH,
  signedUrl,
  startService,
} from '../service.mjs';

export const PATH = '/sessions/load-7/messages?limit=50';

/** A list page of about the same size, of the simulated desk's own sessions. */
const LIST_PATH = listPath();

/** A page from memory, compared with the least that Node can do and with a usual stack. */
export async function hit({ desk, redis, rounds, seconds }) {
  const environment = { ...LONG_FRESH, REDIS_URL: redis.url };
  const free = await startService(desk, environment);
  const limited = await startService(desk, { ...environment, ...LIMITED });
  await get(free.url + PATH, CLIENT_HEADERS);
  const bare = await startServer(
    'bench/servers/bare-http.mjs',
    asEnvironment(await get(free.url + PATH, CLIENT_HEADERS)),
  );
  const usual = await startServer('bench/servers/usual-stack.mjs', {
    REDIS_URL: redis.url,
    DESK_CALL_URL: await signedUrl(desk),
    API_KEY_SHA256,
  });
  await expectSameBody(free, usual);
  await get(free.url + LIST_PATH, CLIENT_HEADERS);
  const job = { paths: [PATH], headers: CLIENT_HEADERS };
  const servers = { free, limited, bare, usual };
  const contestants = Object.entries(servers).map(([name, server]) => ({ name, server, job }));
  contestants.push({ name: 'list', server: free, job: { ...job, paths: [LIST_PATH] } });
  const raw = await compare(contestants, { rounds, seconds });
  await Promise.all(Object.values(servers).map((server) => server.stop()));
  const name = 'hit from memory';
  return {
    raw,
    rows: [
      cpuRow(name, 'bare node:http', 1.6, raw.free, raw.bare),
      cpuRow(`${name}, caller's limit on Redis`, 'bare node:http', 1.7, raw.limited, raw.bare),
      cpuRow(name, 'Nest on Express, CacheInterceptor on Redis', 1 / 18, raw.free, raw.usual),
      cpuRow(`${name}, caller's limit on Redis`, 'the same', 1 / 18, raw.limited, raw.usual),
      cpuRow(`${name}, a list page`, 'a messages page', 1.1, raw.list, raw.free),
    ],
  };
}

function listPath() {
  const to = new Date(Date.now() - 3_600_000).toISOString();
  const from = new Date(Date.now() - 86_400_000).toISOString();
  return `/sessions?from=${from}&to=${to}&limit=50`;
}

/** Servers that send different bodies cannot be compared. */
async function expectSameBody(ours, theirs) {
  const [a, b] = await Promise.all([ours, theirs].map(({ url }) => get(url + PATH, CLIENT_HEADERS)));
  if (!a.body.equals(b.body)) throw new Error(`the bodies differ:\n${a.body}\n${b.body}`);
}
