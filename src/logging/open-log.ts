import { constants, openSync } from 'node:fs';
import { type Metrics } from '../metrics/metrics.js';
import { LogDestination } from './log-destination.js';

const STDOUT = 1;

/** JSON lines; readable ones on the terminal of somebody who has pino-pretty, which only development installs. */
export async function openLog(metrics: Metrics): Promise<LogDestination> {
  // Reading process.stdout makes Node set a pipe to non-blocking, and a terminal to blocking.
  if (!process.stdout.isTTY) return new LogDestination(STDOUT, metrics);
  return new LogDestination(openTerminal(), metrics, await prettyPrinter());
}

async function prettyPrinter(): Promise<((lines: string) => string) | undefined> {
  try {
    const { prettyFactory } = await import('pino-pretty');
    const pretty = prettyFactory({ ignore: 'pid,hostname' });
    return (lines) =>
      lines
        .split('\n')
        .map((line) => (line === '' ? '' : pretty(line)))
        .join('');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

function openTerminal(): number {
  try {
    return openSync('/dev/stdout', constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    // The terminal belongs to another user. Writing works, but while it is paused (Ctrl-S) a shutdown may block.
    return STDOUT;
  }
}
