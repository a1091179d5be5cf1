// npm run demo: the service on a simulated desk, and a dashboard; nothing to set and nothing to install. Ctrl-C stops all.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { demoCredentials } from '../dist/simulator/credentials.js';
import { serveDashboard } from './serve-dashboard.mjs';

const STOP_MS = 12_000;
/** Makes a child stop when the demo is gone, however it went: the channel to its parent is then closed. */
const LIFELINE = 'data:text/javascript,process.once("disconnect",()=>process.kill(process.pid,"SIGTERM"))';

const children = [];
let isStopping = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop(0));
// A signal to npm ends the shell between npm and the demo, which does not pass it on.
const parent = process.ppid;
if (process.env.npm_command) setInterval(() => process.ppid === parent || void stop(0), 500).unref();
// Nobody reads on, for instance behind `| head`: then the demo is over too, but not with an exception.
process.stdout.on('error', () => void stop(0));
process.stderr.on('error', () => undefined);

try {
  await demo();
} catch (error) {
  if (!isStopping) console.error(`demo: ${error.message}`);
  await stop(1);
}

async function demo() {
  const desk = start('dist/simulator/main.js', { SIMULATOR_PORT: '0' });
  const deskUrl = await desk.said(/^desk simulator on (\S+)/);
  const dashboard = await serveDashboard();
  const token = randomBytes(16).toString('hex');
  const service = start('dist/main.js', {
    PORT: process.env.PORT || '0',
    AUTH_MODE: 'none',
    CORS_ORIGINS: dashboard.url,
    WEBHOOK_TOKENS: token,
    DESK_BASE_URL: deskUrl,
    DESK_SDK_APP_ID: String(demoCredentials.sdkAppId),
    DESK_SECRET_KEY: demoCredentials.secretKey,
  });
  const url = await service.said(/"url":"(http[^"]+)","msg":"listening"/);
  await tellDesk(deskUrl, { url: `${url}/webhooks/desk`, token });
  dashboard.show(url);
  console.log(await guide(url, deskUrl, dashboard.url));
  service.lines.on('line', showRequest);
}

/** With nothing of this shell's environment: a REDIS_URL set here for something else must not change the demo. */
function start(program, environment) {
  const child = spawn(
    process.execPath,
    ['--import', LIFELINE, fileURLToPath(new URL(`../${program}`, import.meta.url))],
    {
      env: { PATH: process.env.PATH, ...environment },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      // A group of its own, so that Ctrl-C reaches the demo alone, which then stops the two in order.
      detached: true,
    },
  );
  const lines = createInterface(child.stdout);
  const ended = new Promise((resolve) => {
    child.once('error', resolve);
    child.once('exit', resolve);
  });
  children.push({ child, ended });
  void ended.then(() => {
    if (isStopping) return;
    console.error(`demo: ${program} has ended, so the demo ends`);
    void stop(1);
  });
  const said = (pattern) =>
    new Promise((resolve, reject) => {
      lines.on('line', (line) => {
        const found = pattern.exec(line)?.[1];
        if (found !== undefined) resolve(found);
      });
      void ended.then(() => reject(new Error(`${program} did not start`)));
    });
  return { lines, said };
}

async function stop(code) {
  if (isStopping) return;
  isStopping = true;
  setTimeout(() => children.forEach(({ child }) => child.kill('SIGKILL')), STOP_MS).unref();
  // The service first: it may still have a request at the desk.
  for (const { child, ended } of [...children].reverse()) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
  }
  process.exit(code);
}

/** Where the desk's webhooks go. */
async function tellDesk(deskUrl, target) {
  const answer = await fetch(`${deskUrl}/simulator/webhooks`, { method: 'PUT', body: JSON.stringify(target) });
  if (!answer.ok) throw new Error(`the desk did not take the webhook: ${answer.status}`);
}

async function guide(url, deskUrl, dashboardUrl) {
  const { sessions } = await (await fetch(`${url}/sessions`)).json();
  const { id, client } = sessions.find(({ endStatus, client }) => endStatus !== null && client.id !== null);
  const pages = `${url}/sessions/${id}/messages`;
  const page = await fetch(pages, { headers: { 'accept-encoding': 'identity' } });
  if (page.status !== 200) throw new Error(`the first page was answered with ${page.status}`);
  const yesterday = new Date(Date.now() - 24 * 3_600_000).toISOString().slice(0, 10);
  const readable = hasJq() ? '| jq' : `| node -p 'JSON.stringify(JSON.parse(fs.readFileSync(0)), null, 2)'`;
  return `
  desk-bff runs at ${url}
  Dashboard       ${dashboardUrl}
  Swagger UI      ${url}/docs
  Metrics         ${url}/metrics

  the sessions of the last 24 hours, and of yesterday (UTC)
    curl -s '${url}/sessions?limit=5' ${readable}
    curl -s '${url}/sessions?from=${yesterday}T00:00:00Z&to=${yesterday}T23:59:59Z' ${readable}
  those of one client; the way on is in "nextOffset" and Link, with the period spelt out
    curl -i '${url}/sessions?clientId=${encodeURIComponent(client.id)}&limit=2'
  the sessions that run, and who serves one now
    curl -s '${url}/running-sessions' ${readable}
    curl -s '${url}/sessions/growing-session' ${readable}
  the newest page of a session
    curl -s '${pages}?limit=5' ${readable}
  the oldest messages, and the way on in "nextOffset" and Link
    curl -i '${pages}?limit=3&order=asc'
  only if it has changed: 304, no body
    curl -i -H 'If-None-Match: ${page.headers.get('etag')}' '${pages}'
  a session that grows: its messages as they come, by the stream, and by a client that polls (examples/poller.ts)
    curl -sN '${url}/sessions/growing-session/messages/stream?from=0'
    node dist/examples/poller.js ${url} growing-session
  past the cache: see Cache-Status, and "total" five seconds later
    curl -i -H 'Cache-Control: no-cache' '${url}/sessions/growing-session/messages?limit=1'
  all of it as a file
    curl -s '${url}/sessions/long-session/messages?format=csv' -o long-session.csv
  an error, with every fault in it
    curl -s '${pages}?limit=1000&order=up' ${readable}
  a desk that limits: the first line asks for that, the second is answered with 429 and Retry-After
    curl -s '${deskUrl}/simulator/faults' -d '{"fault":{"kind":"error","code":141009},"times":1,"sessionId":"load-1"}'
    curl -i '${url}/sessions/load-1/messages'

  More sessions: session-of-everything, long-session, empty-session, load-1, load-2 … (simulator/README.md)
  Ctrl-C stops all. Requests:
`;
}

function hasJq() {
  return spawnSync('jq', ['--version']).status === 0;
}

/** The service's access lines, as far as they tell what happened. */
function showRequest(line) {
  const { msg, method, route, status, durationMs, cacheOutcome, problem, deskCalls } = parse(line);
  // The desk's webhooks come every five seconds.
  if (msg !== 'request' || route === '/webhooks/desk') return;
  const how = [
    cacheOutcome ?? problem,
    deskCalls > 0 ? `${deskCalls} desk call${deskCalls > 1 ? 's' : ''}` : undefined,
  ];
  console.log(`  ${status} ${method} ${route} ${durationMs} ms ${how.filter(Boolean).join(', ')}`.trimEnd());
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}
