import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const METER = new URL('./meter.mjs', import.meta.url).href;
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LISTENING = /(?:"url":"|simulator on )(http:[^" ]+)/;

const running = new Set();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * A server in a process of its own. It says where it listens in its first line with a `"url"`; whatever else it writes
 * (the access log) goes through a pipe that is drained here, as a log collector would.
 */
export async function startServer(script, environment = {}, nodeOptions = []) {
  const child = spawn(process.execPath, ['--import', METER, ...nodeOptions, script], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const url = await firstUrl(child, script);
  return {
    url,
    pid: child.pid,
    /** CPU time in microseconds, user and system, all threads; and resident memory in bytes. */
    usage: () => usage(child),
    stop: () => stop(child),
  };
}

async function firstUrl(child, script) {
  const lines = createInterface(child.stdout);
  const failed = once(child, 'exit').then(([code]) => Promise.reject(new Error(`${script} exited with ${code}`)));
  const found = (async () => {
    for await (const line of lines) {
      const url = LISTENING.exec(line)?.[1];
      if (url !== undefined) return url;
    }
    return failed;
  })();
  const url = await Promise.race([found, failed]);
  failed.catch(() => undefined);
  lines.close();
  child.stdout.removeAllListeners('data');
  child.stdout.resume();
  return url;
}

async function usage(child) {
  const answer = once(child, 'message');
  child.send('usage');
  const [{ cpu, rss }] = await answer;
  return { cpu: cpu.user + cpu.system, rss };
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
