import { CountingDesk } from '../mixed-day/desk.mjs';
import { nginxIsMissing, replayNginx } from '../mixed-day/nginx.mjs';
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
  const calls = { ours: await count(day, replayTranscripts), perUrl: await count(day, replayUrlCache) };
  const rows = [row(nameOf(day), 'a cache per URL, same freshness', calls.ours, calls.perUrl)];
  const missing = nginxIsMissing();
  if (missing !== undefined) return { raw: { calls, missing }, rows: [...rows, skipped(nameOf(day), missing)] };
  const morning = { ...day, requests: day.requests.slice(0, NGINX_REQUESTS) };
  calls.morning = { ours: await count(morning, replayTranscripts), nginx: await count(morning, replayNginx) };
  const { ours, nginx } = calls.morning;
  return { raw: { calls }, rows: [...rows, row(nameOf(morning), 'nginx proxy_cache, same freshness', ours, nginx)] };
}

function nameOf({ requests }) {
  return `desk calls on a mixed day, ${requests.length.toLocaleString('en')} requests`;
}

async function count(trace, replay) {
  const clock = { now: trace.requests[0].at };
  const desk = new CountingDesk(trace.sessions, () => clock.now);
  await replay(trace, desk, clock);
  return desk.calls;
}

function row(name, against, ours, theirs) {
  return {
    case: name,
    against,
    goal: '≤ 1/3 of the calls',
    measured: `${times(ours / theirs)} (${ours} / ${theirs})`,
    isMet: ours / theirs <= MOST,
  };
}

function skipped(name, why) {
  return { case: name, against: 'nginx proxy_cache', goal: '≤ 1/3 of the calls', measured: `skipped: ${why}` };
}
