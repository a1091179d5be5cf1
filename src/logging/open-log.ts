import { constants, openSync } from 'node:fs';
import { type Metrics } from '../metrics/metrics.js';
import { LogDestination } from './log-destination.js';

const STDOUT = 1;

/** JSON lines, or readable ones where a person looks: the terminal decides, not an environment name. */
export async function openLog(metrics: Metrics): Promise<LogDestination> {
  // Once process.stdout was touched, Node has made a pipe non-blocking, and a terminal blocking.
  if (!process.stdout.isTTY) return new LogDestination(STDOUT, metrics);
  const { prettyFactory } = await import('pino-pretty');
  const pretty = prettyFactory({ ignore: 'pid,hostname' });
  return new LogDestination(openTerminal(), metrics, (lines) =>
    lines
      .split('\n')
      .map((line) => (line === '' ? '' : pretty(line)))
      .join(''),
  );
}

function openTerminal(): number {
  try {
    return openSync('/dev/stdout', constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    // Another user's terminal. It can be written all the same, only that stopping it (Ctrl-S) may hold up a stop.
    return STDOUT;
  }
}
