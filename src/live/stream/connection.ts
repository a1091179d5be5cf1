import { type ServerResponse } from 'node:http';
import { HEARTBEAT } from './sse.js';

/** Why a stream ended: its reader left or did not read, its token expired, the service stops, the session is gone. */
export type StreamEnd = 'left' | 'slow' | 'expired' | 'stopped' | 'gone' | 'failed';

/** New events that wait for a reader who does not read (contract). */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** Who takes nothing for so long while older messages wait is not there any more. */
const STALLED_MS = 60_000;

/** The way to one reader: what is written there, whether it is read, and the end of it. */
export class Connection {
  private readonly heartbeat: NodeJS.Timeout | undefined;
  private readonly end = new AbortController();
  private unreadBytes = 0;

  constructor(
    private readonly response: ServerResponse,
    heartbeatMs: number,
    private readonly onEnd: (end: StreamEnd) => void,
  ) {
    // Before those who then write down how it ended.
    response.prependOnceListener('close', () => {
      this.close('left');
    });
    // Silence is no sign of a reader that is gone: the heartbeats find that out.
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

  /** Aborted at the end of the stream. */
  get signal(): AbortSignal {
    return this.end.signal;
  }

  /** What is new: it does not wait for the reader. */
  tell(event: string | Buffer): void {
    if (!this.isOpen) return;
    // One event may be larger than that: it has to be unread when the next one comes.
    if (this.unreadBytes > MAX_UNREAD_BYTES) {
      this.close('slow');
      return;
    }
    const bytes = Buffer.byteLength(event);
    this.unreadBytes += bytes;
    this.response.write(event, () => (this.unreadBytes -= bytes));
  }

  /** What was there before. Resolves once it is on its way, so that no more is brought than is read. */
  async send(event: Buffer): Promise<void> {
    if (!this.isOpen || this.response.write(event)) return;
    await this.drained();
  }

  close(end: StreamEnd): void {
    if (!this.isOpen) return;
    this.end.abort();
    clearInterval(this.heartbeat);
    if (end === 'slow' || end === 'failed') this.response.destroy();
    else if (end !== 'left') this.response.end();
    this.onEnd(end);
  }

  private async drained(): Promise<void> {
    const { response } = this;
    let stalled: NodeJS.Timeout | undefined;
    let goOn: () => void = () => undefined;
    await new Promise<void>((resolve) => {
      goOn = resolve;
      response.once('drain', goOn).once('close', goOn);
      stalled = setTimeout(() => {
        this.close('slow');
      }, STALLED_MS).unref();
    });
    clearTimeout(stalled);
    response.off('drain', goOn).off('close', goOn);
  }
}
