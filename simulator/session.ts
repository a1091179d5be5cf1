import { isObject } from './json-object.js';
import { type PageRequest } from './page-request.js';

/**
 * How a session answers Order 1 and 2. `ties-kept` sorts newest first as a database would: messages of the same
 * millisecond keep their places in both orders. `contradicting` swaps neighbours, so that no page is the mirror of
 * another.
 */
export const ANSWER_ORDERS = ['as-asked', 'oldest-first', 'newest-first', 'ties-kept', 'contradicting'] as const;
export type AnswerOrder = (typeof ANSWER_ORDERS)[number];

// The API page does not say which of these an empty page is.
export const EMPTY_PAGES = ['list', 'null', 'absent'] as const;
export type EmptyPage = (typeof EMPTY_PAGES)[number];

export interface Page {
  readonly ActionStatus: 'OK';
  readonly ErrorCode: 0;
  readonly ErrorInfo: '';
  readonly Messages?: readonly unknown[] | null;
  readonly TotalCount: number;
}

/** The answer of get_session_state. Any text: a test may want an unknown one. */
export interface SessionState {
  readonly currentState: string;
  readonly agentId: string;
}

/** One session's messages, oldest first, and the ways in which its answers may be wrong. */
export class Session {
  answerOrder: AnswerOrder = 'as-asked';
  emptyPage: EmptyPage = 'list';
  /** The TotalCount of answers; undefined for the true one. */
  claimedTotal: number | undefined;
  state: SessionState = { currentState: 'NotInSession', agentId: '' };

  constructor(
    private messages: unknown[],
    private readonly due: (nowMs: number) => readonly unknown[] = () => [],
  ) {}

  page(asked: PageRequest, nowMs: number): Page {
    const all = this.inOrder(asked.order, this.all(nowMs));
    const messages = all.slice(asked.offset, asked.offset + asked.limit);
    const ok = { ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '' } as const;
    const total = this.claimedTotal ?? all.length;
    if (messages.length > 0 || this.emptyPage === 'list') return { ...ok, Messages: messages, TotalCount: total };
    return this.emptyPage === 'null' ? { ...ok, Messages: null, TotalCount: total } : { ...ok, TotalCount: total };
  }

  all(nowMs: number): readonly unknown[] {
    this.messages.push(...this.due(nowMs));
    return this.messages;
  }

  append(messages: readonly unknown[], nowMs: number): void {
    this.all(nowMs);
    this.messages.push(...messages);
  }

  /** Drops all but the oldest `count` messages. */
  keepOldest(count: number, nowMs: number): void {
    this.messages = this.all(nowMs).slice(0, count);
  }

  private inOrder(order: 1 | 2, oldestFirst: readonly unknown[]): readonly unknown[] {
    const wanted = this.answerOrder;
    if (wanted === 'oldest-first' || (order === 1 && wanted !== 'newest-first')) return oldestFirst;
    // toSorted is stable, as `ties-kept` requires.
    if (wanted === 'ties-kept') return oldestFirst.toSorted((a, b) => timestampOf(b) - timestampOf(a));
    const newestFirst = oldestFirst.toReversed();
    return wanted === 'contradicting' ? newestFirst.map((message, i) => newestFirst[i ^ 1] ?? message) : newestFirst;
  }
}

function timestampOf(message: unknown): number {
  return isObject(message) && typeof message['Timestamp'] === 'number' ? message['Timestamp'] : 0;
}
