import { contentElement } from './content.js';
import { byId, el, time } from './dom.js';
import { showFiles } from './files.js';
import { RefusalBox } from './refusal-box.js';
import { type Message, pathOf, type Service } from './service.js';

const STATE_EVERY_MS = 10_000;
/** So near to an end of what is shown counts as being there. */
const NEAR_PX = 120;

/** One session: its newest messages at the bottom, older ones by scrolling up. */
export class Conversation {
  private readonly log = byId('log', HTMLDivElement);
  private readonly list = byId('messages', HTMLOListElement);
  private readonly older = byId('older', HTMLButtonElement);
  private readonly badge = byId('state', HTMLSpanElement);
  private readonly refusal = new RefusalBox(byId('trouble', HTMLDivElement));
  private abort = new AbortController();
  private id = '';
  /** Where the page before the shown ones begins. */
  private before: number | null = null;
  private isReading = false;

  constructor(private readonly service: Service) {
    this.older.addEventListener('click', () => {
      this.readOlder();
    });
    this.log.addEventListener('scroll', () => {
      if (this.log.scrollTop < NEAR_PX) this.readOlder();
    });
  }

  close(): void {
    this.abort.abort();
    this.refusal.clear();
    byId('session', HTMLElement).hidden = true;
    byId('nothing-open', HTMLParagraphElement).hidden = false;
  }

  open(id: string): void {
    this.close();
    this.abort = new AbortController();
    this.id = id;
    byId('session', HTMLElement).hidden = false;
    byId('nothing-open', HTMLParagraphElement).hidden = true;
    byId('session-title', HTMLHeadingElement).textContent = id;
    this.badge.hidden = true;
    this.clear();
    showFiles(byId('files', HTMLParagraphElement), this.service, `${pathOf(id)}/messages`, this.refusal);
    this.run(this.abort.signal);
  }

  private run(signal: AbortSignal): void {
    this.refusal.clear();
    this.readNewest(signal).then(
      () => {
        void this.showState(signal);
      },
      (error: unknown) => {
        this.refusal.show(error, () => {
          this.run(signal);
        });
      },
    );
  }

  private clear(): void {
    this.list.replaceChildren();
    this.before = null;
    this.older.hidden = true;
  }

  private async readNewest(signal: AbortSignal): Promise<number> {
    const { messages, page } = await this.service.messages(this.id, signal);
    this.clear();
    this.list.append(...messages.toReversed().map((message) => this.row(message)));
    this.reached(page.nextBefore);
    this.log.scrollTop = this.log.scrollHeight;
    return page.total;
  }

  private readOlder(): void {
    const { before } = this;
    if (before === null || this.isReading) return;
    this.isReading = true;
    this.refusal.clear();
    this.prependOlder(before, this.abort.signal)
      .catch((error: unknown) => {
        this.refusal.show(error, () => {
          this.readOlder();
        });
      })
      .finally(() => {
        this.isReading = false;
      });
  }

  private async prependOlder(before: number, signal: AbortSignal): Promise<void> {
    const { messages, page } = await this.service.messages(this.id, signal, before);
    if (before !== this.before) return;
    const fromBottom = this.log.scrollHeight - this.log.scrollTop;
    this.list.prepend(...messages.toReversed().map((message) => this.row(message)));
    this.reached(page.nextBefore);
    // What was being read stays where it was.
    this.log.scrollTop = this.log.scrollHeight - fromBottom;
  }

  private reached(nextBefore: number | null | undefined): void {
    this.before = nextBefore ?? null;
    this.older.hidden = this.before === null;
  }

  private row({ position, sender, sentAt, content }: Message): HTMLElement {
    const who = sender.id === null ? sender.role : `${sender.role} ${sender.id}`;
    const number = position === null ? '' : `#${position}`;
    const head = el('div', 'head', el('span', 'who', who), time(sentAt), el('span', 'position', number));
    return el('li', sender.role, head, ...content.map(contentElement));
  }

  private async showState(signal: AbortSignal): Promise<void> {
    try {
      const { state, agent } = await this.service.state(this.id, signal);
      this.badge.textContent = state.replaceAll('-', ' ') + (agent.id === null ? '' : ` · ${agent.id}`);
      this.badge.className = `badge ${state}`;
      this.badge.hidden = false;
    } catch {
      if (signal.aborted) return;
      // The messages tell of what is wrong; a badge that may be wrong goes.
      this.badge.hidden = true;
    }
    setTimeout(() => {
      if (!signal.aborted) void this.showState(signal);
    }, STATE_EVERY_MS);
  }
}
