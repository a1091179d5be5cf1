// npm run soak -- [--seconds 600] [--replicas 3] [--rate 200]
// Replicas, a real Redis and the simulator under mixed load, with one trouble after the other. Ends with a table, and
// with exit code 1 where a promise broke.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startSimulator } from '../dist/simulator/simulator.js';
import { Followers } from './followers.mjs';
import { get, pickPath } from './load.mjs';
import { Replica } from './replica.mjs';
import { troubles } from './troubles.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    replicas: { type: 'string', default: '3' },
    rate: { type: 'string', default: '200' },
  },
});
const seconds = Number(values.seconds);
const rate = Number(values.rate);
const TROUBLE_SECONDS = 12;
const QUOTA = 20;
const DEADLINE_MS = 10_000;
const ALLOWED = new Set([200, 304, 400, 404, 429, 502, 503, 504]);

const desk = await startSimulator();
const redisPort = await freePort();
const redis = spawn('redis-server', ['--port', String(redisPort), '--save', '', '--bind', '127.0.0.1'], {
  stdio: 'ignore',
});
await sleep(500);
const environment = {
  PORT: '0',
  AUTH_MODE: 'none',
  RATE_LIMIT_PER_MINUTE: '0',
  DESK_BASE_URL: desk.url,
  DESK_SDK_APP_ID: String(desk.sdkAppId),
  DESK_SECRET_KEY: desk.secretKey,
  DESK_MAX_RPS: String(QUOTA),
  REDIS_URL: `redis://127.0.0.1:${redisPort}`,
};
const replicas = await Promise.all(
  Array.from({ length: Number(values.replicas) }, () => new Replica(environment).start()),
);

/** Of this process, which includes the simulated desk. */
const ownPauses = monitorEventLoopDelay({ resolution: 10 });
ownPauses.enable();
const rows = [];
const memoryAtStart = replicas.map((replica) => replica.memory());
const deadline = Date.now() + seconds * 1000;
const followers = new Followers(desk, replicas);
const list = troubles({ desk, redis, replicas });
for (let turn = 0; Date.now() < deadline; turn++) rows.push(await run(list[turn % list.length]));

const followed = await followers.end();
const memoryAtEnd = replicas.map((replica) => replica.memory());
const stopCodes = await Promise.all(replicas.map((replica) => replica.kill('SIGTERM')));
redis.kill('SIGKILL');
await desk.close();
report();

/** One fault under steady load, then half as long of recovery, which counts to the same row. */
async function run(trouble) {
  const row = { trouble: trouble.name, requests: 0, statuses: {}, losses: {}, longestMs: 0, calls: 0, perSecond: 0 };
  desk.forgetCalls();
  await longestPause();
  const lossesBefore = replicas.map(({ redisLosses }) => redisLosses);
  await trouble.start();
  await load(row, TROUBLE_SECONDS);
  await trouble.end();
  await load(row, TROUBLE_SECONDS / 2);
  row.calls = desk.calls.length;
  row.perSecond = desk.maxPerSecond;
  row.withoutRedis = replicas.filter(({ redisLosses }, i) => redisLosses > lossesBefore[i]).length;
  row.pauseMs = await longestPause();
  // Calls that arrive within this time were sent within a second, whichever process paused.
  row.sentPerSecond = mostWithin(Math.max(0, 1000 - row.pauseMs));
  return row;
}

/** The longest pauses of a replica and of the desk since the last call, added: both lie between quota and desk. */
async function longestPause() {
  const ofReplicas = await Promise.all(replicas.map((replica) => replica.pause()));
  const own = ownPauses.max / 1e6;
  ownPauses.reset();
  return Math.max(...ofReplicas) + own;
}

function mostWithin(ms) {
  const times = desk.calls.map(({ at }) => at);
  let most = 0;
  for (let first = 0, last = 0; last < times.length; last++) {
    while (times[last] - times[first] >= ms && first < last) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

async function load(row, forSeconds) {
  const end = Date.now() + forSeconds * 1000;
  const pending = new Set();
  while (Date.now() < end) {
    for (let n = 0; n < rate / 20; n++) {
      const { url } = replicas[Math.floor(Math.random() * replicas.length)];
      const headers = Math.random() < 0.01 ? { 'cache-control': 'no-cache' } : {};
      const one = get(`${url}${pickPath(Math.random)}`, headers).then(({ status, reason, ms }) => {
        row.requests += 1;
        if (status === 'lost') row.losses[reason] = (row.losses[reason] ?? 0) + 1;
        row.statuses[status] = (row.statuses[status] ?? 0) + 1;
        if (status !== 'lost') row.longestMs = Math.max(row.longestMs, ms);
        pending.delete(one);
      });
      pending.add(one);
    }
    await sleep(50);
  }
  await Promise.all(pending);
}

function report() {
  console.log(
    '| trouble | requests | statuses | longest wait | desk calls | most in a second | longest pause | without Redis |',
  );
  console.log('|---|---:|---|---:|---:|---:|---:|---:|');
  for (const row of rows) {
    const statuses = Object.entries(row.statuses)
      .map(([status, count]) => `${status}: ${count}`)
      .join(', ');
    const { trouble, requests, longestMs, calls, perSecond, pauseMs, withoutRedis } = row;
    const cells = [trouble, requests, statuses, inMs(longestMs), calls, perSecond, inMs(pauseMs), withoutRedis];
    console.log(`| ${cells.join(' | ')} |`);
  }
  console.log(
    `\nmemory (MB): ${memoryAtStart.join(', ')} at start, ${memoryAtEnd.join(', ')} at end; exit codes ${stopCodes}`,
  );
  console.log(`${followed.messages} messages to followers, over ${followed.connections} streams`);
  const broken = brokenPromises();
  for (const promise of broken) console.log(`BROKEN: ${promise}`);
  if (broken.length === 0) console.log('every promise held');
  process.exit(broken.length === 0 ? 0 : 1);
}

function inMs(ms) {
  return `${Math.round(ms)} ms`;
}

function brokenPromises() {
  const broken = [...followed.faults];
  for (const { trouble, statuses, losses, longestMs, sentPerSecond, withoutRedis } of rows) {
    const strange = Object.keys(statuses).filter((status) => status !== 'lost' && !ALLOWED.has(Number(status)));
    if (strange.length > 0) broken.push(`${trouble}: answered ${strange}`);
    if (statuses.lost !== undefined && trouble !== 'a replica killed') {
      broken.push(`${trouble}: lost ${JSON.stringify(losses)}`);
    }
    if (longestMs > DEADLINE_MS + 1500) broken.push(`${trouble}: someone waited ${Math.round(longestMs)} ms`);
    // Without Redis each replica allows itself a quarter; in the second in which Redis fails, that is added to the
    // shared quota.
    const most = QUOTA + Math.floor(QUOTA / 4) * withoutRedis;
    if (sentPerSecond > most) broken.push(`${trouble}: ${sentPerSecond} calls in a second`);
  }
  if (stopCodes.some((code) => code !== 0)) broken.push(`exit codes ${stopCodes}`);
  if (memoryAtEnd.some((megabytes) => megabytes > 350)) broken.push(`memory ${memoryAtEnd}`);
  return broken;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
