import { Session } from './session.js';
import { chatSession, isChatOver } from './sessions/chats.js';
import { generatedSession, isGeneratedId } from './sessions/generated.js';
import { seededSessions } from './sessions/seeded.js';

// A load test reads many thousand generated sessions; they are cheap to make again and expensive to keep.
const KEPT_GENERATED = 2000;

/** All sessions of the desk: seeded ones, generated ones, and those that a test has set. */
export class Sessions {
  private known = new Map<string, Session>();
  private readonly generated = new Map<string, Session>();
  private readonly removed = new Set<string>();

  private readonly startMs: number;

  constructor(private readonly now: () => number) {
    this.startMs = now();
    this.reset();
  }

  find(id: string): Session | undefined {
    const known = this.known.get(id);
    if (known ?? this.removed.has(id)) return known;
    if (isGeneratedId(id)) return this.generate(id, generatedSession);
    return isChatOver(id, this.now()) ? this.generate(id, chatSession) : undefined;
  }

  set(id: string, messages: readonly unknown[]): Session {
    const session = new Session([...messages]);
    this.known.set(id, session);
    return session;
  }

  /** A session that may be changed: a generated one is kept from now on. */
  own(id: string): Session | undefined {
    const session = this.find(id);
    if (session) this.known.set(id, session);
    return session;
  }

  append(id: string, messages: readonly unknown[]): void {
    (this.own(id) ?? this.set(id, [])).append(messages, this.now());
  }

  remove(id: string): boolean {
    const there = this.find(id) !== undefined;
    this.known.delete(id);
    this.generated.delete(id);
    this.removed.add(id);
    return there;
  }

  list(): { id: string; messages: number }[] {
    return [...this.known].map(([id, session]) => ({ id, messages: session.all(this.now()).length }));
  }

  /** The growing session keeps its start time: if it became shorter, clients would see a contradiction. */
  reset(): void {
    this.known = seededSessions(this.startMs);
    this.generated.clear();
    this.removed.clear();
  }

  private generate(id: string, make: (id: string) => Session): Session {
    const kept = this.generated.get(id);
    if (kept) return kept;
    const session = make(id);
    this.generated.set(id, session);
    const oldest = this.generated.keys().next();
    if (this.generated.size > KEPT_GENERATED && !oldest.done) this.generated.delete(oldest.value);
    return session;
  }
}
