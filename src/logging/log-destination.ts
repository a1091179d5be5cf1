import { once } from 'node:events';
import { constants, openSync } from 'node:fs';
import { pino } from 'pino';
import { type Metrics } from '../metrics/metrics.js';
import { within } from '../clock.js';

/** The buffer for a slow reader of the log: when it is full, further lines are dropped. */
const MAX_WAITING_BYTES = 8_000_000;
/** How often a crashing process retries a write that would block; by default pino retries for ever. */
const TRIES_AT_EXIT = 5;

/** Writes log lines without ever waiting for their reader, which must block neither requests nor a shutdown. */
export class LogDestination {
  private readonly stream;
  /** Lines dropped since the last line about it. */
  private dropped = 0;
  private isRefused = false;
  private hasFailed = false;
  private isClosed = false;
  private triesLeft = Infinity;

  constructor(
    /** Has to be non-blocking, or a write that nobody reads would keep the process from exiting. */
    fileDescriptor: number,
    private readonly metrics: Metrics,
    private readonly format: (lines: string) => string = (lines) => lines,
  ) {
    this.stream = pino.destination({
      dest: fileDescriptor,
      sync: false,
      maxLength: MAX_WAITING_BYTES,
      retryEAGAIN: () => this.triesLeft-- > 0,
    });
    this.stream.on('drop', () => (this.isRefused = true));
    this.stream.on('drain', () => {
      this.tellDropped();
    });
    this.stream.on('write', () => (this.hasFailed = false));
    this.stream.on('error', (error: Error) => {
      // After EPIPE the reader is gone for ever; after other errors (a full disk) the next write retries.
      this.hasFailed = true;
      this.isClosed ||= 'code' in error && error.code === 'EPIPE';
    });
    process.prependOnceListener('exit', () => {
      this.endAtOnce();
    });
  }

  write(lines: string): void {
    this.isRefused = this.isClosed;
    if (!this.isClosed) this.stream.write(this.format(lines));
    if (!this.isRefused) return;
    const count = lines.split('\n').length - 1;
    this.dropped += count;
    this.metrics.logLinesDropped.inc(count);
  }

  /** Writes the buffered lines, within this time, and closes. */
  async end(withinMs: number): Promise<void> {
    if (this.isClosed) return;
    await within(this.written(), withinMs);
    this.isClosed = true;
    this.stream.destroy();
  }

  private async written(): Promise<void> {
    try {
      // Empty writes, since 'drain' follows writes only. Two, since the first 'drain' may add the line about dropped ones.
      for (let round = 0; round < 2; round++) {
        this.stream.write('');
        await once(this.stream, 'drain');
      }
    } catch {
      // The 'error' listener has handled it.
    }
  }

  private tellDropped(): void {
    if (this.dropped === 0) return;
    const line = `{"level":40${logTime()},"linesDropped":${this.dropped},"msg":"the log was not read in time, lines were dropped"}\n`;
    this.dropped = 0;
    this.write(line);
  }

  /** For an exit without a shutdown, such as a crash. */
  private endAtOnce(): void {
    this.triesLeft = TRIES_AT_EXIT;
    try {
      if (!this.isClosed && !this.hasFailed) this.stream.flushSync();
    } catch {
      // The log itself cannot be written, so this cannot be logged.
    }
    this.stream.destroy();
  }
}

let at = 0;
let text = '';

/** The time field of a log line, as pino expects it. Formatted once a millisecond: it is expensive to format. */
export function logTime(): string {
  const now = Date.now();
  if (now !== at) {
    at = now;
    text = `,"time":"${new Date(now).toISOString()}"`;
  }
  return text;
}

const STDOUT = 1;

/** JSON lines, or readable ones if stdout is a terminal. */
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
