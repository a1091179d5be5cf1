import { contentElement } from './content.js';
import { byId, el, facts, time } from './dom.js';
import type { Message } from './service.js';

/** A scroll position this near to an end counts as being there. */
const NEAR_PX = 120;

/** The messages shown, oldest first, and the scroll position. */
export class MessageLog {
  private readonly box = byId('log', HTMLDivElement);
  private readonly list = byId('messages', HTMLOListElement);
  private readonly unseen = byId('unseen', HTMLButtonElement);
  private readonly rows = new Map<number, HTMLElement>();
  private unseenCount = 0;

  constructor(onTop: () => void) {
    this.box.addEventListener('scroll', () => {
      if (this.box.scrollTop < NEAR_PX) onTop();
      if (this.isAtEnd) this.countUnseen(0);
    });
    this.unseen.addEventListener('click', () => {
      this.toEnd();
    });
  }

  clear(): void {
    this.list.replaceChildren();
    this.rows.clear();
    this.countUnseen(0);
  }

  prepend(messages: readonly Message[]): void {
    const fromEnd = this.box.scrollHeight - this.box.scrollTop;
    this.list.prepend(...messages.map((message) => this.row(message)));
    // Keeps the visible messages in place.
    this.box.scrollTop = this.box.scrollHeight - fromEnd;
  }

  append(messages: readonly Message[]): void {
    const { isAtEnd } = this;
    this.list.append(...messages.map((message) => this.row(message, 'new')));
    if (isAtEnd) this.toEnd();
    else this.countUnseen(this.unseenCount + messages.length);
  }

  /** Replaces those that are shown, and ignores the others. */
  replace(messages: readonly Message[]): void {
    for (const message of messages) {
      const shown = message.position === null ? undefined : this.rows.get(message.position);
      shown?.replaceWith(this.row(message, 'edited'));
    }
  }

  toEnd(): void {
    this.box.scrollTop = this.box.scrollHeight;
    this.countUnseen(0);
  }

  private get isAtEnd(): boolean {
    return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR_PX;
  }

  private countUnseen(count: number): void {
    this.unseenCount = count;
    this.unseen.hidden = count === 0;
    this.unseen.textContent = `${count} new ↓`;
  }

  private row({ position, sender, sentAt, content }: Message, mark = ''): HTMLElement {
    const who = sender.id === null ? sender.role : `${sender.role} ${sender.id}`;
    const number = position === null ? '' : `#${position}`;
    const head = el('div', 'head', el('span', 'who', who), time(sentAt, 'medium'), el('span', 'position', number));
    const body = content.length === 0 ? [facts('empty')] : content.map(contentElement);
    const row = el('li', `${sender.role} ${mark}`.trim(), head, ...body);
    if (position !== null) this.rows.set(position, row);
    return row;
  }
}
