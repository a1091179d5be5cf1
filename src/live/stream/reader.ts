import { setTimeout as sleep } from 'node:timers/promises';
import { DeskError, DeskNotFoundError } from '../../desk/desk-error.js';
import { type Transcripts } from '../../transcript/transcripts.js';
import { BLOCK_SIZE } from '../../transcript/query.js';
import { type Connection } from './connection.js';
import { messagesEvent, messagesIn, type Newest, type Placed } from './newest.js';
import { totalEvent } from './sse.js';
import { type Change, type Watch, type Watcher } from './watch.js';

export interface ReaderParts {
  readonly sessionId: string;
  readonly transcripts: Pick<Transcripts, 'readInBackground'>;
  readonly watch: Pick<Watch, 'newest'>;
  readonly connection: Connection;
  /** So long it waits for older messages before it tries anew. */
  readonly patienceMs: number;
  readonly onFault: (error: unknown) => void;
}

/** After a failure of the desk older messages are asked for again after this long at the earliest. */
const SHORTEST_PAUSE_MS = 1000;

/** One reader's way through a session: what lies behind first, at its own pace, then what comes. */
export class Reader implements Watcher {
  /** How many messages it got. */
  messageCount = 0;
  /** It has all that is known and gets what comes. */
  private isLive = false;
  /** Counts the times at which positions lost their meaning. */
  private resets = 0;

  constructor(
    private readonly parts: ReaderParts,
    /** Of the next message it gets; undefined where positions mean nothing. */
    private position: number | undefined,
  ) {}

  /** Goes on from its position until it has all that is known. */
  async follow(): Promise<void> {
    const { connection, watch, onFault } = this.parts;
    this.isLive = false;
    try {
      while (connection.isOpen && this.position !== undefined) {
        const { newest } = watch;
        if (newest.first === undefined || this.position >= newest.total) break;
        await this.goOn(this.position, newest, newest.first);
      }
      this.isLive = true;
    } catch (error) {
      if (error instanceof DeskNotFoundError) {
        this.onGone();
        return;
      }
      onFault(error);
      connection.close('failed');
    }
  }

  onChange(change: Change): void {
    if (change.kind === 'reset') {
      this.reset(change.newest, change.id);
      return;
    }
    const { position } = this;
    if (position === undefined) return;
    const { newest, edited } = change;
    this.tellEdited(edited, position);
    if (!this.isLive || newest.total <= position) return;
    if (newest.first !== undefined && position >= newest.first) {
      this.parts.connection.tell(newest.eventFrom(position));
      this.moveTo(newest.total, newest.total - position);
    } else void this.follow();
  }

  onGone(): void {
    this.parts.connection.close('gone');
  }

  /** What is among the newest is at hand; what lies before them has to be read. */
  private async goOn(position: number, newest: Newest, first: number): Promise<void> {
    const { resets } = this;
    const messages = position >= first ? newest.from(position) : await this.older(position, newest.total);
    if (messages === undefined || resets !== this.resets) return;
    const next = position + messages.length;
    this.moveTo(next, messages.length);
    await this.parts.connection.send(messagesEvent('messages', next, messages, newest.total));
  }

  /** Up to the end of their block; undefined where they could not be had at the moment. */
  private async older(position: number, total: number): Promise<readonly Placed[] | undefined> {
    const { transcripts, sessionId, connection, patienceMs } = this.parts;
    const { signal } = connection;
    const end = Math.min((Math.floor(position / BLOCK_SIZE) + 1) * BLOCK_SIZE, total);
    let pauseMs = SHORTEST_PAUSE_MS;
    try {
      const view = await transcripts.readInBackground(sessionId, { first: position, end }, { signal, patienceMs });
      const messages = messagesIn(view.pieces);
      if (view.first === position && messages.length > 0) {
        return messages.map((json, i) => ({ position: position + i, json }));
      }
      // It contradicts itself by now, or shrank: the watch will say so.
    } catch (error) {
      if (!(error instanceof DeskError) || error instanceof DeskNotFoundError) throw error;
      pauseMs = Math.max(pauseMs, error.retryAfterMs ?? 0);
    }
    if (connection.isOpen) await sleep(pauseMs, undefined, { ref: false });
    return undefined;
  }

  private moveTo(position: number, count: number): void {
    this.position = position;
    this.messageCount += count;
  }

  private tellEdited(edited: readonly Placed[], position: number): void {
    const known = edited.filter((message) => message.position < position);
    if (known.length > 0) this.parts.connection.tell(messagesEvent('edited', position, known));
  }

  private reset({ total, first }: Newest, id: number | undefined): void {
    this.resets += 1;
    this.position = first === undefined ? undefined : total;
    this.parts.connection.tell(totalEvent('reset', id, total));
  }
}
