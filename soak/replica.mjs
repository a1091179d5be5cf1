import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** One replica of the built service, restarted under the same name when the soak kills it. */
export class Replica {
  /** How often it had to go on without Redis. */
  redisLosses = 0;

  constructor(environment) {
    this.environment = environment;
  }

  async start() {
    this.child = spawn(process.execPath, ['dist/main.js'], {
      env: { PATH: process.env.PATH, ...this.environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.url = await new Promise((resolve, reject) => {
      createInterface(this.child.stdout).on('line', (line) => {
        const found = /"url":"(http:[^"]+)","msg":"listening"/.exec(line)?.[1];
        if (found) resolve(found);
        if (line.includes('Redis is unavailable')) this.redisLosses += 1;
        if (line.includes('"level":50') && line.includes('fault of our own')) this.faults = (this.faults ?? 0) + 1;
      });
      this.child.once('exit', (code) => reject(new Error(`a replica exited with ${code}`)));
    });
    return this;
  }

  async kill(signal = 'SIGKILL') {
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    const [code] = await exited;
    return code;
  }

  /** The longest time in milliseconds for which its event loop was blocked since the last call of this. */
  async pause() {
    const metrics = await (await fetch(`${this.url}/metrics`)).text();
    return Number(/^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(metrics)?.[1]) * 1000;
  }

  /** Resident memory in MB, if the system reports it. */
  memory() {
    try {
      const pages = readFileSync(`/proc/${this.child.pid}/statm`, 'utf8').split(' ')[1];
      return Math.round((Number(pages) * 4096) / 1e6);
    } catch {
      return Number.NaN;
    }
  }
}
