import { el } from './dom.js';
import { Refusal } from './service.js';

/** Shows a failed request. A temporary failure is retried after Retry-After, or at a click. */
export class RefusalBox {
  private countdown: number | undefined;

  constructor(private readonly box: HTMLElement) {}

  clear(): void {
    clearInterval(this.countdown);
    this.box.hidden = true;
    this.box.replaceChildren();
  }

  show(error: unknown, again: () => void): void {
    // Something else was opened meanwhile.
    if (error instanceof DOMException && error.name === 'AbortError') return;
    if (!(error instanceof Refusal)) throw error;
    this.clear();
    const { status, title, message, requestId, retryAfter, isTemporary } = error;
    this.box.hidden = false;
    this.box.append(el('strong', '', status === 0 ? title : `${status} ${title}`), el('p', '', message));
    if (retryAfter !== undefined) this.count(retryAfter, again);
    else if (isTemporary) this.box.append(this.button(again));
    if (requestId !== undefined) this.box.append(el('small', '', `Request ${requestId}`));
  }

  private count(seconds: number, again: () => void): void {
    const timer = el('p', 'countdown');
    // With this role, screen readers do not announce every second.
    timer.role = 'timer';
    const end = Date.now() + seconds * 1000;
    const tick = () => {
      const left = Math.ceil((end - Date.now()) / 1000);
      timer.textContent = `Trying again in ${left} s`;
      if (left > 0) return;
      this.clear();
      again();
    };
    tick();
    this.box.append(timer);
    this.countdown = setInterval(tick, 250);
  }

  private button(again: () => void): HTMLButtonElement {
    const button = el('button', '', 'Try again');
    button.addEventListener('click', () => {
      this.clear();
      again();
    });
    return button;
  }
}
