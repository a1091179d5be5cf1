import { setTimeout as sleep } from 'node:timers/promises';
import { DeskError, DeskNotFoundError } from '../../desk/desk-error.js';
import { type Transcripts } from '../../transcript/transcripts.js';
import { BLOCK_SIZE } from '../../transcript/query.js';
import { type Connection } from './connection.js';
import { bytesOfMessages, messagesEvent, type NewestMessages, type PositionedMessage } from './newest-messages.js';
import { totalEvent } from './sse.js';
import { type SessionChange, type Watch, type Watcher } from './watch.js';

export interface ReaderParts {
  readonly sessionId: string;
  readonly transcripts: Pick<Transcripts, 'readInBackground'>;
  readonly watch: Pick<Watch, 'newest'>;
  readonly connection: Connection;
  /** How long it waits for older messages before it tries again. */
  readonly maxWaitMs: number;
  readonly onFault: (error: unknown) => void;
}

/** The shortest pause before older messages are read again after a failure of the desk. */
const SHORTEST_PAUSE_MS = 1000;

/** One client's way through a session: older messages at its own pace, then new ones. */
export class Reader implements Watcher {
  /** How many messages were sent to it. */
  messageCount = 0;
  /** It has all known messages and gets new ones. */
  private isLive = false;
  /** Counts how often positions became invalid. */
  private resets = 0;

  constructor(
    private readonly parts: ReaderParts,
    /** The position of the next message to send; undefined if positions mean nothing. */
    private position: number | undefined,
  ) {}

  /** Continues at its position until it has all known messages. */
  async follow(): Promise<void> {
    const { connection, watch, onFault } = this.parts;
    this.isLive = false;
    try {
      while (connection.isOpen && this.position !== undefined) {
        const { newest } = watch;
        if (newest.first === undefined || this.position >= newest.total) break;
        await this.resume(this.position, newest, newest.first);
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

  onChange(change: SessionChange): void {
    if (change.kind === 'reset') {
      this.reset(change.newest, change.id);
      return;
    }
    const { position } = this;
    if (position === undefined) return;
    const { newest, edited } = change;
    this.pushEdited(edited, position);
    if (!this.isLive || newest.total <= position) return;
    if (newest.first !== undefined && position >= newest.first) {
      this.parts.connection.push(newest.eventFrom(position));
      this.moveTo(newest.total, newest.total - position);
    } else void this.follow();
  }

  onGone(): void {
    this.parts.connection.close('gone');
  }

  /** The newest messages are in memory; older ones have to be read. */
  private async resume(position: number, newest: NewestMessages, first: number): Promise<void> {
    const { resets } = this;
    const messages = position >= first ? newest.from(position) : await this.readOlder(position, newest.total);
    if (messages === undefined || resets !== this.resets) return;
    const next = position + messages.length;
    this.moveTo(next, messages.length);
    await this.parts.connection.send(messagesEvent('messages', next, messages, newest.total));
  }

  /** Up to the end of their block; undefined if they are unavailable at present. */
  private async readOlder(position: number, total: number): Promise<readonly PositionedMessage[] | undefined> {
    const { transcripts, sessionId, connection, maxWaitMs } = this.parts;
    const { signal } = connection;
    const end = Math.min((Math.floor(position / BLOCK_SIZE) + 1) * BLOCK_SIZE, total);
    let pauseMs = SHORTEST_PAUSE_MS;
    try {
      const view = await transcripts.readInBackground(sessionId, { first: position, end }, { signal, maxWaitMs });
      const messages = bytesOfMessages(view.slices);
      if (view.first === position && messages.length > 0) {
        return messages.map((json, i) => ({ position: position + i, json }));
      }
      // The session contradicts itself by now, or shrank: the watch will report that.
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

  private pushEdited(edited: readonly PositionedMessage[], position: number): void {
    const known = edited.filter((message) => message.position < position);
    if (known.length > 0) this.parts.connection.push(messagesEvent('edited', position, known));
  }

  private reset({ total, first }: NewestMessages, id: number | undefined): void {
    this.resets += 1;
    this.position = first === undefined ? undefined : total;
    this.parts.connection.push(totalEvent('reset', id, total));
  }
}
