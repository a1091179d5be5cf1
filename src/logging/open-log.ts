import { constants, openSync } from 'node:fs';
import { type Metrics } from '../metrics/metrics.js';
import { LogDestination } from './log-destination.js';

const STDOUT = 1;

/** JSON lines, or readable ones where stdout is a terminal. */
export async function openLog(metrics: Metrics): Promise<LogDestination> {
  // Reading process.stdout makes Node set a pipe to non-blocking, and a terminal to blocking.
  if (!process.stdout.isTTY) return new LogDestination(STDOUT, metrics);
  // By its default export: a bundle knows no other names of a CommonJS package.
  const { default: pinoPretty } = await import('pino-pretty');
  const pretty = pinoPretty.prettyFactory({ ignore: 'pid,hostname' });
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
    // The terminal belongs to another user. Writing works, but while it is paused (Ctrl-S) a shutdown may block.
    return STDOUT;
  }
}
