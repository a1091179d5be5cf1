import { byId } from './dom.js';
import { showFiles } from './files.js';
import { follow, type LiveEvent } from './live.js';
import { MessageLog } from './message-log.js';
import { RefusalBox } from './refusal-box.js';
import { type Message, pathOf, type Service } from './service.js';

const STATE_EVERY_MS = 10_000;
const MOST_SPOKEN = 200;

/** The open session: its newest messages, older ones on scrolling up, and its live events. */
export class Conversation {
  private readonly session = byId('session', HTMLElement);
  private readonly nothingOpen = byId('nothing-open', HTMLParagraphElement);
  private readonly older = byId('older', HTMLButtonElement);
  private readonly state = byId('state', HTMLSpanElement);
  private readonly live = byId('live', HTMLSpanElement);
  private readonly news = byId('news', HTMLParagraphElement);
  private readonly refusal = new RefusalBox(byId('trouble', HTMLDivElement));
  private readonly log = new MessageLog(() => {
    this.readOlder();
  });
  private abort = new AbortController();
  private id = '';
  /** The position before which to read older messages; null if all are shown. `end` is that of the next new message. */
  private first: number | null = null;
  private end = 0;
  private isReading = false;

  constructor(private readonly service: Service) {
    this.older.addEventListener('click', () => {
      this.readOlder();
    });
  }

  close(): void {
    this.abort.abort();
    this.refusal.clear();
    this.session.hidden = true;
    this.nothingOpen.hidden = false;
  }

  open(id: string): void {
    this.id = id;
    this.session.hidden = false;
    this.nothingOpen.hidden = true;
    byId('session-title', HTMLHeadingElement).textContent = id;
    showFiles(byId('files', HTMLParagraphElement), this.service, `${pathOf(id)}/messages`, this.refusal);
    this.begin();
  }

  private begin(): void {
    this.abort.abort();
    this.abort = new AbortController();
    this.refusal.clear();
    this.log.clear();
    this.older.hidden = true;
    this.state.hidden = true;
    this.live.textContent = '';
    this.run(this.abort.signal).catch((error: unknown) => {
      this.live.textContent = '';
      this.refusal.show(error, () => {
        this.begin();
      });
    });
  }

  private async run(signal: AbortSignal): Promise<void> {
    await this.readNewest(signal);
    void this.showState(signal);
    for await (const event of follow(this.service, this.id, this.end, signal)) await this.take(event, signal);
  }

  private async take(event: LiveEvent, signal: AbortSignal): Promise<void> {
    if (event.type === 'disconnected') this.showLive('badge', `Live again in ${Math.ceil(event.waitMs / 1000)} s`);
    else this.showLive('badge on', 'Live');
    if (event.type === 'messages') await this.append(event.messages, signal);
    else if (event.type === 'edited') this.log.replace(event.messages);
    else if (event.type === 'reset') await this.readNewest(signal);
  }

  /** Not written again if unchanged: screen readers would announce it again. */
  private showLive(className: string, text: string): void {
    this.live.className = className;
    if (this.live.textContent !== text) this.live.textContent = text;
  }

  private async readNewest(signal: AbortSignal): Promise<void> {
    const { messages, page } = await this.service.messages(this.id, signal);
    this.log.clear();
    this.log.prepend(messages.toReversed());
    this.log.toEnd();
    this.end = page.total;
    this.reached(page.nextBefore);
  }

  private async append(messages: readonly Message[], signal: AbortSignal): Promise<void> {
    const fresh = messages.filter(({ position }) => position === null || position >= this.end);
    const [first] = fresh;
    const last = fresh.at(-1);
    if (first === undefined || last === undefined) return;
    // The page that was read is older than the start of the stream: messages between them are missing.
    if (first.position !== this.end) return this.readNewest(signal);
    this.end += fresh.length;
    this.log.append(fresh);
    const spoken = `${last.sender.role}: ${last.text.slice(0, MOST_SPOKEN)}`;
    this.news.textContent = fresh.length === 1 ? spoken : `${fresh.length} new messages, the last from ${spoken}`;
  }

  private readOlder(): void {
    const { first } = this;
    if (first === null || this.isReading) return;
    this.isReading = true;
    this.refusal.clear();
    this.prepend(first, this.abort.signal)
      .catch((error: unknown) => {
        this.refusal.show(error, () => {
          this.readOlder();
        });
      })
      .finally(() => {
        this.isReading = false;
      });
  }

  private async prepend(before: number, signal: AbortSignal): Promise<void> {
    const { messages, page } = await this.service.messages(this.id, signal, before);
    // The session was read again meanwhile.
    if (before !== this.first) return;
    this.log.prepend(messages.toReversed());
    this.reached(page.nextBefore);
  }

  private reached(nextBefore: number | null | undefined): void {
    this.first = nextBefore ?? null;
    this.older.hidden = this.first === null;
  }

  private async showState(signal: AbortSignal): Promise<void> {
    try {
      const { state, agent } = await this.service.state(this.id, signal);
      this.state.textContent = state.replaceAll('-', ' ') + (agent.id === null ? '' : ` · ${agent.id}`);
      this.state.className = `badge ${state}`;
      this.state.hidden = false;
    } catch {
      if (signal.aborted) return;
      // The messages show the error; a badge that may be wrong is hidden.
      this.state.hidden = true;
    }
    setTimeout(() => {
      if (!signal.aborted) void this.showState(signal);
    }, STATE_EVERY_MS);
  }
}
