import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { LogReader } from './log-reader.mjs';

const METER = new URL('./meter.mjs', import.meta.url).href;
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LISTENING = /(?:"url":"|simulator on )(http:[^"\s]+)["\s]/;

const running = new Set();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * A server in a process of its own. It prints its address in its first line with a `"url"`; its output (the access log)
 * is read all the time, see `log`.
 */
export async function startServer(script, environment = {}, nodeOptions = []) {
  const child = spawn(process.execPath, ['--import', METER, ...nodeOptions, script], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const log = new LogReader(child.stdout);
  const url = await firstUrl(child, script);
  return {
    url,
    pid: child.pid,
    log,
    /** CPU time in microseconds, user and system, all threads; and resident memory in bytes. */
    usage: () => usage(child),
    stop: () => stop(child),
  };
}

function firstUrl(child, script) {
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (chunk) => {
      text += chunk.toString();
      const url = LISTENING.exec(text)?.[1];
      if (url === undefined) return;
      child.stdout.off('data', read);
      resolve(url);
    };
    child.stdout.on('data', read);
    child.once('exit', (code) => reject(new Error(`${script} exited with ${code}`)));
  });
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
