import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** What `npm run demo` starts, at the addresses that it prints. */
export interface Demo {
  readonly url: string;
  readonly deskUrl: string;
  readonly dashboardUrl: string;
  /** Asks the simulated desk's control API. */
  readonly control: (method: string, path: string, body?: object) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startDemo(): Promise<Demo> {
  const child = spawn(process.execPath, ['scripts/demo.mjs'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const guide = await guideOf(child);
  const found = (pattern: RegExp) => pattern.exec(guide)?.[1] ?? `nothing like ${pattern.source}`;
  const deskUrl = found(/'(http\S+)\/simulator\/faults'/);
  return {
    url: found(/runs at (\S+)/),
    deskUrl,
    dashboardUrl: found(/Dashboard +(\S+)/),
    control: async (method, path, body = {}) => {
      const answer = await fetch(`${deskUrl}/simulator${path}`, { method, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function guideOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the demo has no output');
  const lines = createInterface(stdout);
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      said.push(line);
      if (line.includes('Ctrl-C')) resolve();
    });
    lines.once('close', () => {
      reject(new Error(`the demo did not start:\n${said.join('\n')}`));
    });
  });
  return said.join('\n');
}
