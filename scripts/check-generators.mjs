// Proves that openapi.json can be used: clients that independent generators make of it compile with `strict`, and one
// that validates every answer reads every session of the demo.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { withDemo } from './with-demo.mjs';

const OUT = 'dist/generated';
/** The week of the sessions with a date of their own; the others are of the last 24 hours. */
const WEEK = { from: '2024-11-01T00:00:00Z', to: '2024-11-07T23:59:59Z' };
const LIMIT = 100;

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });

run('openapi-typescript/bin/cli.js', 'openapi.json', '-o', `${OUT}/types.ts`);
run('openapi-zod-client/bin.js', 'openapi.json', '-o', `${OUT}/zodios.ts`, '--with-alias');
for (const client of ['fetch', 'zod'])
  run(
    'orval/dist/bin/orval.js',
    '--input',
    './openapi.json',
    '--output',
    `./${OUT}/orval-${client}.ts`,
    '--client',
    client,
  );

const files = ['types', 'zodios', 'orval-fetch', 'orval-zod'].map((name) => `${OUT}/${name}.ts`);
const options = '--ignoreConfig --strict --skipLibCheck --target es2022 --module nodenext --types node --outDir';
run('typescript/bin/tsc', ...files, ...options.split(' '), `${OUT}/js`);

const { createApiClient } = await import(`../${OUT}/js/zodios.js`);
await withDemo(async ({ url, deskUrl }) => {
  const client = createApiClient(url);
  const seeded = await (await fetch(`${deskUrl}/simulator/sessions`)).json();
  const ids = new Set([
    ...seeded.sessions.map(({ id }) => id),
    ...(await listedIds(client, WEEK)),
    ...(await listedIds(client, {})),
    'load-1',
    'load-2',
  ]);
  for (const { id } of seeded.sessions) await client.getSessionState({ params: { sessionId: id } });
  let messages = 0;
  for (const id of ids) messages += await readSession(client, id);
  console.log(`a generated client read ${messages} messages of ${ids.size} sessions, and every answer was valid`);
});

function run(tool, ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`node_modules/${tool}`, ...args], {
    encoding: 'utf8',
  });
  if (status === 0) return;
  console.error(`${tool} ${args.join(' ')} failed\n${stdout}${stderr}`);
  process.exit(1);
}

async function listedIds(client, period) {
  const ids = [];
  for (let offset = 0; typeof offset === 'number';) {
    const { sessions, page } = await client.listSessions({ queries: { ...period, limit: LIMIT, offset } });
    ids.push(...sessions.map(({ id }) => id));
    offset = page.nextOffset;
  }
  return ids;
}

/** Every message once; how many there were. */
async function readSession(client, sessionId) {
  let count = 0;
  for (let offset = 0; typeof offset === 'number';) {
    const { messages, page } = await client.listMessages({
      params: { sessionId },
      queries: { limit: LIMIT, offset, order: 'asc' },
    });
    count += messages.length;
    offset = page.nextOffset;
  }
  return count;
}
