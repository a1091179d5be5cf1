// Proves examples/poller.ts: its types are those of openapi.json, it compiles, and against the demo it prints every
// message once, in order, asks conditionally, notices what is new and comes back when told to. And examples/follower.ts: it
// prints every message once, in order, then what comes, also when its first answers are failures.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { withDemo } from './with-demo.mjs';

run('openapi-typescript', 'openapi.json', '-o', 'examples/desk-bff.d.ts', '--check');
run('tsc', '-b', 'examples', 'examples/dashboard');

await withDemo(async ({ url, deskUrl }) => {
  const long = await poll(url, 'long-session', '--once');
  expect(long.join(), Array.from({ length: 1234 }, (_, position) => `#${position}`).join(), 'every page, oldest first');

  // It grows every 5 s and is fresh for 2 s.
  const growing = await poll(url, 'growing-session', '--polls', '6');
  const unchanged = growing.findIndex((line) => /^unchanged: \d+ messages$/.test(line));
  expect(unchanged >= 12, true, 'ETag and If-None-Match');
  expect(growing.includes(`#${unchanged}`), true, 'what came later');
  const positions = growing.filter((line) => line.startsWith('#'));
  expect(new Set(positions).size, positions.length, 'each message once');

  const fault = { fault: { kind: 'error', code: 141009 }, times: 1, sessionId: 'load-8' };
  await fetch(`${deskUrl}/simulator/faults`, { method: 'POST', body: JSON.stringify(fault) });
  const limited = await poll(url, 'load-8', '--once');
  expect(/^429 upstream-rate-limited: .* Again in \d+ s\.$/.test(limited[0]), true, 'Retry-After');
  expect(limited[1], '#0', 'the page after it');

  await poll(url, 'no-such-session', '--once').then(
    () => fail('404 must end it'),
    (error) => expect(/exit code 1/.test(error.message), true, 'what coming back does not mend'),
  );
  console.log('examples/poller.ts does what it says');

  await fetch(`${deskUrl}/simulator/faults`, {
    method: 'POST',
    body: JSON.stringify({ ...fault, sessionId: 'load-9' }),
  });
  const whole = await followed(url, 'load-9', 12);
  expect(whole.join(), Array.from({ length: 12 }, (_, position) => `#${position}`).join(), 'from the beginning, once');
  const { total } = await fetch(`${url}/sessions/growing-session/messages?limit=1`).then(
    async (r) => (await r.json()).page,
  );
  const grown = await followed(url, 'growing-session', total + 2);
  expect(grown.at(-1), `#${total + 1}`, 'what came later');
  console.log('examples/follower.ts does what it says');
});

function run(tool, ...args) {
  const { status } = spawnSync(process.execPath, [bin(tool), ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status === 0) return;
  console.error(`${[tool, ...args].join(' ')} failed; after a change of openapi.json: \`npm run client\``);
  process.exit(1);
}

function bin(tool) {
  return { tsc: 'node_modules/typescript/bin/tsc', 'openapi-typescript': 'node_modules/openapi-typescript/bin/cli.js' }[
    tool
  ];
}

/** What the poller prints: the position where a line is a message, else the line. */
async function poll(...args) {
  const child = spawn(process.execPath, ['dist/examples/poller.js', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += chunk));
  const lines = [];
  for await (const line of createInterface(child.stdout)) lines.push(/^#\d+(?= \S+Z \w+: )/.exec(line)?.[0] ?? line);
  const [code] = await closed;
  if (code !== 0) throw new Error(`exit code ${code}: ${errors}`);
  return lines;
}

/** The first so many messages that the follower prints, from the beginning. */
async function followed(url, sessionId, count) {
  const child = spawn(process.execPath, ['dist/examples/follower.js', url, sessionId, '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const positions = [];
  for await (const line of createInterface(child.stdout)) {
    const position = /^#\d+(?= \S+Z \w+: )/.exec(line)?.[0];
    if (position === undefined) continue;
    positions.push(position);
    if (positions.length === count) child.kill('SIGTERM');
  }
  return positions.slice(0, count);
}

function expect(actual, expected, promise) {
  if (actual !== expected) fail(`${promise}: expected ${expected}, got ${actual}`);
}

function fail(message) {
  throw new Error(message);
}
