import { CountingDesk } from '../mixed-day/desk.mjs';
import { nginxIsMissing, replayNginx } from '../mixed-day/nginx.mjs';
import { replayOptimum } from '../mixed-day/optimum.mjs';
import { mixedDay as makeTrace } from '../mixed-day/trace.mjs';
import { replayTranscripts } from '../mixed-day/transcripts.mjs';
import { replayUrlCache } from '../mixed-day/url-cache.mjs';
import { webhooksOf } from '../mixed-day/webhooks.mjs';
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
    ...(await toldOfChanges(day)),
    await compareCalls('desk calls on a mixed day', day, perUrl, replayUrlCache),
    await compareCalls('the same without the wall of dashboards', people, perUrl, replayUrlCache),
    missing === undefined
      ? await compareCalls("the day's beginning", morning, 'nginx proxy_cache, same freshness', replayNginx)
      : { raw: { missing }, row: skipped(missing) },
  ];
  return { raw: results.map(({ raw }) => raw), rows: results.map(({ row }) => row) };
}

const RECORDS_LAG_MS = 2000;
const LOST_ONE_IN = 100;

/** What webhooks are worth: calls, and answers that lack a message which the desk already showed. */
async function toldOfChanges(day) {
  const without = await told('no webhooks', day, undefined);
  const results = [
    without,
    await told('a webhook for each message', day, webhooksOf(day)),
    await told(`one in ${LOST_ONE_IN} is lost`, day, webhooksOf(day, LOST_ONE_IN)),
    await told(`records lag ${RECORDS_LAG_MS / 1000} s behind`, day, webhooksOf(day), RECORDS_LAG_MS),
  ];
  return results.map((result) => ({ raw: result, row: toldRow(result, without) }));
}

async function told(name, day, webhooks, lagMs = 0) {
  const clock = { now: day.requests[0].at };
  const desk = new CountingDesk(day.sessions, () => clock.now, lagMs);
  const lacking = await replayTranscripts(day, desk, clock, webhooks);
  return { name, calls: desk.calls, lacking: lacking / day.requests.length };
}

function toldRow({ name, calls, lacking }, without) {
  const share = `${(lacking * 100).toFixed(2)} % of the answers lack a message`;
  return {
    case: `the same day, ${name}`,
    against: 'no webhooks',
    goal: name === 'no webhooks' ? '' : 'fewer calls',
    measured: `${thousands(calls)} calls; ${share}`,
    ...(name === 'no webhooks' ? {} : { isMet: calls < without.calls }),
  };
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
