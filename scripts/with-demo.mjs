// Runs something against the demo (scripts/demo.mjs), which starts before it and ends after it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export async function withDemo(use) {
  const demo = spawn(process.execPath, ['scripts/demo.mjs'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await use(await addresses(demo));
  } finally {
    const ended = once(demo, 'exit');
    demo.kill('SIGTERM');
    await ended;
  }
}

/** Where the demo says that service and desk are. */
async function addresses(child) {
  let text = '';
  const lines = createInterface(child.stdout);
  for await (const line of lines) {
    text += `${line}\n`;
    const url = /runs at (\S+)/.exec(text)?.[1];
    const deskUrl = /'(http\S+)\/simulator\/faults'/.exec(text)?.[1];
    if (url === undefined || deskUrl === undefined || !text.includes('Ctrl-C')) continue;
    // What it says later has to be read, or the pipe fills up and the demo stands still.
    child.stdout.resume();
    return { url, deskUrl };
  }
  throw new Error('the demo did not start');
}
