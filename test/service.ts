import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expectDocumented, isDocumentedJson } from './documented-answer.js';
import { until } from './until.js';

/** The public demo credentials of the simulator, which are its defaults. */
export const deskCredentials = {
  DESK_SDK_APP_ID: '1400000000',
  DESK_SECRET_KEY: '5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e',
} as const;

/** The built service in a process of its own, with all its output. */
export interface Service {
  readonly url: string;
  readonly process: ChildProcess;
  /** Everything on stdout and stderr so far. */
  readonly output: () => string;
  /** The first line that matches, as soon as it is there: the log is written after the answers. */
  readonly logged: (pattern: RegExp, withinMs?: number) => Promise<string>;
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Response>;
  /** Sends SIGTERM and returns the exit code. `output` is complete then, unless a test keeps it unread. */
  readonly stop: () => Promise<number | null>;
  readonly kill: () => Promise<void>;
}

/** Starts `node dist/main.js` on a free port with only these environment variables; resolves once it listens. */
export async function startService(environment: Readonly<Record<string, string>>): Promise<Service> {
  const child = spawn(process.execPath, ['dist/main.js'], {
    env: { PATH: process.env['PATH'], PORT: '0', AUTH_MODE: 'none', ...deskCredentials, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = new Promise((resolve) => child.once('close', resolve));
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      output += `${line}\n`;
      const found = /"url":"(http:[^"]+)","msg":"listening"/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    // At higher log levels it does not print where it listens: it has to be given a port.
    if (environment['PORT'] !== undefined)
      void whenOpen(`http://127.0.0.1:${environment['PORT']}`).then(resolve, reject);
    child.once('exit', (code) => {
      reject(new Error(`the service exited with ${code}:\n${output}`));
    });
  });
  return {
    url,
    process: child,
    output: () => output,
    logged: async (pattern, withinMs) => {
      let line: string | undefined;
      await until(() => {
        line = output.split('\n').find((one) => pattern.test(one));
        return line !== undefined;
      }, withinMs);
      return line ?? '';
    },
    get: async (path, headers = {}) => documented(path, await fetch(`${url}${path}`, { headers })),
    stop: async () => {
      const code = await end(child, 'SIGTERM');
      // The pipe may still hold its last lines.
      if (!child.stdout.isPaused()) await closed;
      return code;
    },
    kill: async () => {
      await end(child, 'SIGKILL');
    },
  };
}

/** The answer, after it was compared with the API document. */
async function documented(path: string, response: Response): Promise<Response> {
  const answer = { method: 'GET', path, status: response.status, contentType: response.headers.get('content-type') };
  if (isDocumentedJson(answer)) expectDocumented(answer, await response.clone().text());
  return response;
}

async function whenOpen(url: string): Promise<string> {
  for (let tries = 0; tries < 400; tries++) {
    const isOpen = await fetch(`${url}/health/live`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isOpen) return url;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('the service does not answer');
}

/** Runs the service to its end, for faults before it listens. */
export async function runService(
  environment: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['dist/main.js'], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await once(child, 'close');
  return { code: child.exitCode, output };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const closed = once(child, 'exit');
  child.kill(signal);
  await closed;
  return child.exitCode;
}
