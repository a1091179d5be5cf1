import { CountingDesk } from '../mixed-day/desk.mjs';
import { nginxIsMissing, replayNginx } from '../mixed-day/nginx.mjs';
import { replayOptimum } from '../mixed-day/optimum.mjs';
import { mixedDay as makeTrace } from '../mixed-day/trace.mjs';
import { replayTranscripts } from '../mixed-day/transcripts.mjs';
import { replayUrlCache } from '../mixed-day/url-cache.mjs';
import { times } from '../row.mjs';

const MOST = 1 / 3;

/** nginx answers over HTTP, one request after the other: it gets the first hours of the day. */
const NGINX_REQUESTS = 50_000;

/** How many calls the same day costs the desk behind each cache. */
export async function mixedDay({ days }) {
  const day = makeTrace(days);
  const people = { ...day, requests: day.requests.filter(({ by }) => by !== 'dashboards') };
  const morning = { ...day, requests: day.requests.slice(0, NGINX_REQUESTS) };
  const perUrl = 'a cache per URL, same freshness';
  const missing = nginxIsMissing();
  const results = [
    await compareCalls('desk calls on a mixed day', day, perUrl, replayUrlCache),
    await compareCalls('the same without the wall of dashboards', people, perUrl, replayUrlCache),
    missing === undefined
      ? await compareCalls("the day's beginning", morning, 'nginx proxy_cache, same freshness', replayNginx)
      : { raw: { missing }, row: skipped(missing) },
  ];
  return { raw: results.map(({ raw }) => raw), rows: results.map(({ row }) => row) };
}

async function compareCalls(what, trace, against, replayTheirs) {
  const calls = {
    ours: await count(trace, replayTranscripts),
    theirs: await count(trace, replayTheirs),
    optimum: await count(trace, replayOptimum),
  };
  const name = `${what}, ${thousands(trace.requests.length)} requests`;
  return { raw: { name, against, calls }, row: row(name, against, calls) };
}

async function count(trace, replay) {
  const clock = { now: trace.requests[0].at };
  const desk = new CountingDesk(trace.sessions, () => clock.now);
  await replay(trace, desk, clock);
  return desk.calls;
}

function row(name, against, { ours, theirs, optimum }) {
  return {
    case: name,
    against,
    goal: '≤ 1/3 of the calls',
    measured: `${times(ours / theirs)} (${thousands(ours)} / ${thousands(theirs)}; optimum ${thousands(optimum)})`,
    isMet: ours / theirs <= MOST,
  };
}

function thousands(number) {
  return number.toLocaleString('en');
}

function skipped(why) {
  return {
    case: "desk calls on the day's beginning",
    against: 'nginx proxy_cache',
    goal: '≤ 1/3 of the calls',
    measured: `skipped: ${why}`,
  };
}
