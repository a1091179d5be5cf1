import { randomBytes } from 'node:crypto';
import { type Clock } from '../clock.js';
import { type Desk } from '../desk/desk.js';
import { DeskSessionNotFoundError } from '../desk/desk-error.js';
import { type Visit } from '../desk/turnstile.js';
import { type Findings } from '../store/transcript-store.js';
import { Entries } from './entries.js';
import { freshnessLifetime, type FreshnessPolicy } from './freshness.js';
import { type Contradicted, type Known, later, newestKnown, type WindowAnswer, withWindow } from './known.js';
import { type Answer, blockWindow, HEAD_WINDOW, learnBlock, learnHead } from './learn.js';
import { blockKey, type Frame, type Log } from './log.js';
import { type Session } from './session.js';
import { type Window, windowKey } from './window.js';

export interface InquiryParts {
  readonly desk: Pick<Desk, 'ask'>;
  readonly policy: FreshnessPolicy;
  readonly notFoundMs: number;
  readonly now: Clock;
  readonly onContradiction: (sessionId: string) => void;
}

type News = Omit<Findings, 'version'>;

/** For so long the windows of a session that contradicts itself are kept one by one; then it is tried as a log again. */
const CONTRADICTED_MS = 600_000;

/** Asks the desk about a session and puts what it says into `session.known`; answers what is new for the store. */
export class Inquiry {
  constructor(private readonly parts: InquiryParts) {}

  async head(session: Session, visit: Visit): Promise<News> {
    const answer = await this.ask(session, HEAD_WINDOW, visit);
    const known = logOf(session);
    const learned = learnHead(known, answer, this.parts.policy);
    if (learned === 'contradiction' || learned === 'misfit') return this.contradict(session, answer);
    session.known = learned;
    return { known: learned };
  }

  /** Nothing new where the session grew meanwhile, so that nobody can tell where these messages belong. */
  async block(session: Session, asked: Log, frame: Frame, index: number, visit: Visit): Promise<News> {
    const answer = await this.ask(session, blockWindow(asked, frame, index), visit);
    const known = logOf(session);
    if (known === undefined) return {};
    const learned = learnBlock(known, asked, frame, index, answer, this.parts.policy);
    if (learned === 'misfit') return {};
    if (learned === 'contradiction') return this.contradict(session, answer);
    session.known = learned;
    const key = blockKey(learned, frame, index);
    const block = learned.blocks.get(key);
    return block === undefined ? {} : { block: { log: learned, key, block } };
  }

  /** The window itself, as it is; kept only where the session contradicts itself. */
  async window(session: Session, window: Window, visit: Visit): Promise<News> {
    const answer = this.dated(await this.ask(session, window, visit), session.known);
    if (session.known?.kind !== 'contradicted') {
      session.passing.set(windowKey(window), answer);
      return {};
    }
    session.known = withWindow(session.known, answer);
    return { window: { epoch: session.known.epoch, answer } };
  }

  private async ask(session: Session, window: Window, visit: Visit): Promise<Answer> {
    const { desk, now, notFoundMs } = this.parts;
    try {
      const { messages, total, askedAt } = await desk.ask({ sessionId: session.id, ...window }, visit);
      const oldestFirst = window.order === 'asc' ? messages : messages.toReversed();
      return { window, entries: Entries.of(oldestFirst), total, askedAt, arrivedAt: now() };
    } catch (error) {
      if (error instanceof DeskSessionNotFoundError) {
        session.known = { kind: 'gone', askedAt: now(), arrivedAt: now(), lifetimeMs: notFoundMs };
      }
      throw error;
    }
  }

  /** What was held of the session is dropped; the answer at hand is its first window. */
  private contradict(session: Session, answer: Answer): News {
    const { now, onContradiction } = this.parts;
    onContradiction(session.id);
    const epoch = `c${randomBytes(5).toString('hex')}`;
    const until = now() + CONTRADICTED_MS;
    const fresh: Contradicted = { kind: 'contradicted', epoch, askedAt: answer.askedAt, until, windows: new Map() };
    const first = this.dated(answer, undefined);
    const known = withWindow(fresh, first);
    session.known = known;
    return { known, window: { epoch, answer: first } };
  }

  private dated(answer: Answer, known: Known | undefined): WindowAnswer {
    const newestAt = later(answer.entries.newestAt, known && newestKnown(known));
    return { ...answer, lifetimeMs: freshnessLifetime(this.parts.policy, answer.askedAt, newestAt) };
  }
}

/** What is known of a session as a log; a session found gone or contradictory begins anew. */
function logOf({ known }: Session): Log | undefined {
  return known?.kind === 'log' ? known : undefined;
}
