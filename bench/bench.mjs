import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { burst } from './cases/burst.mjs';
import { files } from './cases/files.mjs';
import { hit } from './cases/hit.mjs';
import { memory } from './cases/memory.mjs';
import { miss } from './cases/miss.mjs';
import { mixedDay } from './cases/mixed-day.mjs';
import { notModified } from './cases/not-modified.mjs';
import { profile } from './cases/profile.mjs';
import { redisHit } from './cases/redis-hit.mjs';
import { start } from './cases/start.mjs';
import { streams } from './cases/streams.mjs';
import { tracedHit } from './cases/traced-hit.mjs';
import { startRedis } from './redis-process.mjs';
import { startDesk } from './service.mjs';
import { table } from './table.mjs';

const CASES = {
  hit,
  'traced-hit': tracedHit,
  'not-modified': notModified,
  'redis-hit': redisHit,
  miss,
  'mixed-day': mixedDay,
  burst,
  start,
  memory,
  files,
  streams,
  profile,
};
const FULL = { rounds: 5, seconds: 2, misses: 400, starts: 7, requests: 100_000, days: 1 };
const QUICK = { rounds: 3, seconds: 1, misses: 150, starts: 3, requests: 10_000, days: 0.1 };
const artifacts = 'artifacts';

const { values } = parseArgs({ options: { quick: { type: 'boolean' }, only: { type: 'string', multiple: true } } });
const names = values.only ?? Object.keys(CASES);
const unknown = names.filter((name) => !Object.hasOwn(CASES, name));
if (unknown.length > 0)
  throw new Error(`no such case: ${unknown.join(', ')}; there are ${Object.keys(CASES).join(', ')}`);

mkdirSync(artifacts, { recursive: true });
const redis = await startRedis();
if (redis === undefined) throw new Error('the bench needs redis-server on PATH');
const desk = await startDesk();
const size = values.quick === true ? QUICK : FULL;
const results = {};
for (const name of names) {
  const startedAt = performance.now();
  process.stderr.write(`${name} … `);
  results[name] = await CASES[name]({ desk, redis, artifacts, ...size });
  process.stderr.write(`${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`);
}
await desk.stop();
await redis.stop();

const machine = `${cpus().length} × ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB`;
const load = loadavg()
  .map((average) => average.toFixed(1))
  .join(' ');
const when = new Date().toISOString().slice(0, 10);
const title = `${when}, ${machine}, Node ${process.versions.node}, load ${load}${values.quick ? ', --quick' : ''}`;
const text = table(
  title,
  Object.values(results).flatMap(({ rows }) => rows),
);
process.stdout.write(`${text}\n`);
writeFileSync(`${artifacts}/bench.md`, text);
writeFileSync(`${artifacts}/bench.json`, JSON.stringify({ when, machine, load, size, results }, undefined, 1));
process.exit(0);
