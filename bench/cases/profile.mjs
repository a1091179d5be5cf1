import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from '../load.mjs';
import { CLIENT_HEADERS, LONG_FRESH, startService } from '../service.mjs';
import { PATH } from './hit.mjs';

const FRAMES = 40;

/** Where a hit's time goes: in a separate run, since profiling makes the server slower. */
export async function profile({ desk, redis, seconds, artifacts }) {
  const directory = mkdtempSync(join(tmpdir(), 'desk-bff-profile-'));
  const options = ['--cpu-prof', `--cpu-prof-dir=${directory}`, '--cpu-prof-interval=400'];
  const service = await startService(desk, { ...LONG_FRESH, REDIS_URL: redis.url }, options);
  const warmUp = 2;
  await load(service.url, { paths: [PATH], headers: CLIENT_HEADERS, seconds: warmUp });
  const from = performance.now();
  await load(service.url, { paths: [PATH], headers: CLIENT_HEADERS, seconds: seconds * 2 });
  const took = performance.now() - from;
  await service.stop();
  const [file] = readdirSync(directory);
  const text = report(JSON.parse(readFileSync(join(directory, file), 'utf8')), took);
  rmSync(directory, { recursive: true });
  writeFileSync(join(artifacts, 'bench-hit-profile.txt'), text);
  return { raw: {}, rows: [] };
}

/** The last `tookMs` of the profile: the rest is the start and the warm-up. */
function report(profile, tookMs) {
  const frames = new Map(profile.nodes.map((node) => [node.id, node]));
  const since = profile.endTime - tookMs * 1000;
  const self = new Map();
  const modules = new Map();
  let busy = 0;
  let at = profile.startTime;
  profile.samples.forEach((id, i) => {
    const spent = profile.timeDeltas[i];
    at += spent;
    const { callFrame } = frames.get(id);
    if (at < since || callFrame.functionName === '(idle)') return;
    busy += spent;
    add(self, frameName(callFrame), spent);
    add(modules, moduleName(callFrame), spent);
  });
  return [
    `CPU profile of ${PATH}: a hit from memory, ${(busy / 1e6).toFixed(1)} s of work`,
    ...section('Top frames by their own time', self, busy),
    ...section('The same by module', modules, busy),
    '',
  ].join('\n');
}

function section(title, times, busy) {
  const top = [...times].sort((a, b) => b[1] - a[1]).slice(0, FRAMES);
  return ['', title, ...top.map(([name, spent]) => `${((100 * spent) / busy).toFixed(1).padStart(5)} %  ${name}`)];
}

function add(times, name, spent) {
  times.set(name, (times.get(name) ?? 0) + spent);
}

function frameName({ functionName, url, lineNumber }) {
  const place = url === '' ? '' : `  ${shortUrl(url)}:${lineNumber + 1}`;
  return `${functionName || '(anonymous)'}${place}`;
}

function moduleName({ functionName, url }) {
  if (url === '') return `native: ${functionName}`;
  const [first = '', second = ''] = shortUrl(url).split('/');
  if (url.startsWith('node:')) return shortUrl(url);
  if (first === 'dist') return `desk-bff ${second}`;
  return first.startsWith('@') ? `${first}/${second}` : first;
}

function shortUrl(url) {
  return url.replace(/^.*\/node_modules\//, '').replace(/^.*\/(?=dist\/)/, '');
}
