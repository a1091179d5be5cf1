import { type ServerResponse } from 'node:http';
import { drained, GoneReaderError, StalledReaderError } from '../../http/slow-reader.js';
import { HEARTBEAT } from './sse.js';

/**
 * Why a stream ended: the client disconnected or did not read, the token expired, the service stops, the session is
 * gone, or a bug of this service.
 */
export type StreamEnd = 'left' | 'slow' | 'expired' | 'stopped' | 'gone' | 'failed';

/** New events that may wait for a slow client (docs/configuration.md, "Fixed limits"). */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** A client that reads nothing for this long while older messages wait is gone. */
const STALLED_MS = 60_000;

/** The connection to one client: its writes, its back pressure and its end. */
export class Connection {
  private readonly heartbeat: NodeJS.Timeout | undefined;
  private readonly end = new AbortController();
  private unreadBytes = 0;

  constructor(
    private readonly response: ServerResponse,
    heartbeatMs: number,
    private readonly onEnd: (end: StreamEnd) => void,
  ) {
    // Before the listeners that log how it ended.
    response.prependOnceListener('close', () => {
      this.close('left');
    });
    // Silence is normal here: the heartbeats detect a dead connection.
    response.setTimeout(0);
    if (heartbeatMs > 0) {
      this.heartbeat = setInterval(() => {
        if (!response.writableNeedDrain) response.write(HEARTBEAT);
      }, heartbeatMs).unref();
    }
  }

  get isOpen(): boolean {
    return !this.end.signal.aborted;
  }

  /** Aborted when the stream ends. */
  get signal(): AbortSignal {
    return this.end.signal;
  }

  /** Sends a new event without waiting for the client. */
  push(event: string | Buffer): void {
    if (!this.isOpen) return;
    // Checked before the event is added: a single event may be larger than the limit.
    if (this.unreadBytes > MAX_UNREAD_BYTES) {
      this.close('slow');
      return;
    }
    const bytes = Buffer.byteLength(event);
    this.unreadBytes += bytes;
    this.response.write(event, () => (this.unreadBytes -= bytes));
  }

  /** Sends older messages. Resolves once they are written, so that no more is loaded than is read. */
  async send(event: Buffer): Promise<void> {
    if (!this.isOpen || this.response.write(event)) return;
    try {
      await drained(this.response, STALLED_MS);
    } catch (error) {
      if (error instanceof StalledReaderError) this.close('slow');
      else if (!(error instanceof GoneReaderError)) throw error;
    }
  }

  close(end: StreamEnd): void {
    if (!this.isOpen) return;
    this.end.abort();
    clearInterval(this.heartbeat);
    if (end === 'slow' || end === 'failed') this.response.destroy();
    else if (end !== 'left') this.response.end();
    this.onEnd(end);
  }
}
