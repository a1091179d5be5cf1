import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { type Metrics } from '../metrics/metrics.js';
import { logTime } from './log-time.js';

/** What waits for the log's reader at most: lines on top of it are dropped. */
const MAX_WAITING_BYTES = 8_000_000;
/** How often an exit that is no stop (a crash) tries a log that takes nothing; pino, left alone, tries for ever. */
const TRIES_AT_EXIT = 5;

/** Where the log's lines go. It never waits for their reader: neither a request nor a stop may hang on who reads the log. */
export class LogDestination {
  private readonly stream;
  /** Since it was last told. */
  private dropped = 0;
  private isRefused = false;
  private hasFailed = false;
  private isClosed = false;
  private triesLeft = Infinity;

  constructor(
    /** A non-blocking one, or a write that nobody takes keeps the process from its exit. */
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
      // What could not be written waits for the next try (a full disk), but a reader that is gone does not come back.
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

  /** Writes what waits, and gives up after this long. Nothing can be written any more. */
  async end(withinMs: number): Promise<void> {
    if (this.isClosed) return;
    await Promise.race([this.written(), sleep(withinMs)]);
    this.isClosed = true;
    this.stream.destroy();
  }

  private async written(): Promise<void> {
    try {
      // Empty writes, since 'drain' follows writes only. Two, since the first 'drain' may bring the line about dropped ones.
      for (let round = 0; round < 2; round++) {
        this.stream.write('');
        await once(this.stream, 'drain');
      }
    } catch {
      // Heard by the listener for errors: it cannot be written.
    }
  }

  private tellDropped(): void {
    if (this.dropped === 0) return;
    const line = `{"level":40${logTime()},"linesDropped":${this.dropped},"msg":"the log was not read in time, lines were dropped"}\n`;
    this.dropped = 0;
    this.write(line);
  }

  /** For an exit that is no stop. */
  private endAtOnce(): void {
    this.triesLeft = TRIES_AT_EXIT;
    try {
      if (!this.isClosed && !this.hasFailed) this.stream.flushSync();
    } catch {
      // Nobody reads it, so nobody can be told.
    }
    this.stream.destroy();
  }
}
