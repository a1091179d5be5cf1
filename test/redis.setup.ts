import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const PROGRAMS = ['redis-server', 'valkey-server'];

/**
 * Provides a real Redis before the tests: TEST_REDIS_URL or a program on PATH; root on Debian installs one by apt.
 * Without one, the tests that need it are skipped, which is reported here and is a failure in CI.
 */
export default function setUpRedis(): void {
  if (hasProgram()) return;
  if (isRootOnDebian() && install()) return;
  const isGiven = Boolean(process.env['TEST_REDIS_URL']);
  const { tests, files } = leftOut(isGiven ? /describeWithOwnRedis\(/ : /describeWith(?:Own)?Redis\(/);
  const message =
    `No redis-server or valkey-server on PATH: ${tests} tests or more in ${files.length} files are left out ` +
    `(${files.join(', ')}). Install one (Debian: apt-get install redis-server)` +
    `${isGiven ? '; TEST_REDIS_URL is not enough where Redis is frozen and killed' : ', or set TEST_REDIS_URL'}.\n`;
  if (process.env['CI'] === 'true') throw new Error(message);
  process.stderr.write(message);
}

function hasProgram(): boolean {
  return PROGRAMS.some((name) => spawnSync(name, ['--version']).status === 0);
}

function isRootOnDebian(): boolean {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version');
}

function install(): boolean {
  process.stderr.write('No redis-server on PATH: installing it with apt-get, for the tests.\n');
  const options = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
  try {
    execFileSync('apt-get', ['update'], options);
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'redis-server'], options);
  } catch {
    process.stderr.write('apt-get could not install it.\n');
  }
  return hasProgram();
}

/** The test files that use `mark`, and how many tests they have; a table counts as one. */
function leftOut(mark: RegExp): { readonly tests: number; readonly files: readonly string[] } {
  const directory = new URL('.', import.meta.url);
  const files = readdirSync(directory).filter((name) => name.endsWith('.test.ts'));
  const marked = files
    .map((name) => ({ name, text: readFileSync(new URL(name, directory), 'utf8') }))
    .filter(({ text }) => mark.test(text));
  const tests = marked.reduce((sum, { text }) => sum + [...text.matchAll(/^\s*(?:it|test)(?:\.each)?\(/gm)].length, 0);
  return { tests, files: marked.map(({ name }) => name) };
}
