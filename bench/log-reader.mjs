import { setTimeout as sleep } from 'node:timers/promises';

/** pino's destination tries again after 100 ms if the pipe was full. */
const QUIET_MS = 300;
const MOST_MS = 30_000;
const NEWLINE = 10;

/**
 * Reads a server's output as fast as it comes, as a log collector would, and counts its lines. On a busy machine the
 * reader may fall behind; lines that still wait in the server are work that it has not done yet.
 */
export class LogReader {
  lines = 0;
  #readAt = performance.now();

  constructor(stream) {
    stream.on('data', (chunk) => {
      this.#readAt = performance.now();
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) this.lines++;
    });
  }

  /** Waits until the server has written all of its log. */
  async drained() {
    const startedAt = performance.now();
    for (;;) {
      const now = performance.now();
      const quietFor = now - this.#readAt;
      if (quietFor >= QUIET_MS) return;
      if (now - startedAt > MOST_MS) throw new Error('the log does not end');
      await sleep(QUIET_MS - quietFor);
    }
  }
}
