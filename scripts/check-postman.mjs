// Proves that Postman's converter makes a collection of openapi.json that runs green against the demo. Its two tools
// bring 170 packages for this alone, so npm fetches them when it is run, and CI leaves it out.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withDemo } from './with-demo.mjs';

const CONVERTER = 'openapi-to-postmanv2@6.3.3';
const RUNNER = 'newman@6.2.2';
// Optional parameters contradict each other: offset, before and after.
const OPTIONS = 'parametersResolution=Example,enableOptionalParameters=false';
/** The demo has no webhook, so it answers 404 for the sessions that run. */
const TEST = `pm.test('answered as documented', () => {
  const expected = pm.request.url.getPath() === '/running-sessions' ? 404 : 200;
  pm.expect(pm.response.code).to.equal(expected);
});`;

const folder = mkdtempSync(join(tmpdir(), 'desk-bff-'));
const file = join(folder, 'collection.json');
try {
  run(CONVERTER, 'openapi2postmanv2', '-s', 'openapi.json', '-o', file, '-O', OPTIONS);
  const { auth: _, ...collection } = JSON.parse(readFileSync(file, 'utf8'));
  const event = [{ listen: 'test', script: { type: 'text/javascript', exec: TEST.split('\n') } }];
  writeFileSync(file, JSON.stringify({ ...collection, event }));
  await withDemo(({ url }) => run(RUNNER, 'newman', 'run', file, '--env-var', `baseUrl=${url}`));
} finally {
  rmSync(folder, { recursive: true });
}

function run(source, command, ...args) {
  const { status } = spawnSync('npm', ['exec', '--yes', `--package=${source}`, '--', command, ...args], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`${command} failed`);
}
