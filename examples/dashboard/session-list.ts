import { byId, el, facts, time } from './dom.js';
import { RefusalBox } from './refusal-box.js';
import { type Service, type Session } from './service.js';
import { showFiles } from './files.js';

const LIMIT = 20;

/** The sessions of a period: the last 24 hours, unless the form names another. */
export class SessionList {
  private readonly form = byId('filter', HTMLFormElement);
  private readonly rows = byId('list-rows', HTMLUListElement);
  private readonly period = byId('period', HTMLParagraphElement);
  private readonly range = byId('range', HTMLSpanElement);
  private readonly previous = byId('previous', HTMLButtonElement);
  private readonly next = byId('next', HTMLButtonElement);
  private readonly refusal = new RefusalBox(byId('list-trouble', HTMLDivElement));
  private abort = new AbortController();
  private offset = 0;

  constructor(private readonly service: Service) {
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.show(0);
    });
    this.previous.addEventListener('click', () => {
      this.show(this.offset - LIMIT);
    });
    this.next.addEventListener('click', () => {
      this.show(this.offset + LIMIT);
    });
  }

  show(offset = this.offset): void {
    this.offset = Math.max(0, offset);
    this.abort.abort();
    this.abort = new AbortController();
    this.refusal.clear();
    this.load(this.abort.signal).catch((error: unknown) => {
      this.refusal.show(error, () => {
        this.show();
      });
    });
  }

  private async load(signal: AbortSignal): Promise<void> {
    const query = this.query();
    showFiles(byId('list-files', HTMLParagraphElement), this.service, `/sessions?${query.toString()}`, this.refusal);
    query.set('limit', String(LIMIT));
    query.set('offset', String(this.offset));
    const { period, sessions, page } = await this.service.sessions(query, signal);
    this.period.replaceChildren(time(period.from), ' – ', time(period.to));
    this.rows.replaceChildren(...sessions.map(row));
    this.range.textContent =
      sessions.length === 0 ? 'No sessions' : `${page.offset + 1}–${page.offset + sessions.length} of ${page.total}`;
    this.previous.disabled = page.offset === 0;
    this.next.disabled = page.nextOffset === null;
  }

  /** Days are in the time zone of the browser. */
  private query(): URLSearchParams {
    const form = new FormData(this.form);
    const query = new URLSearchParams();
    const set = (name: string, timeOfDay = '') => {
      const value = form.get(name);
      if (typeof value !== 'string' || value.trim() === '') return;
      query.set(name, timeOfDay === '' ? value.trim() : new Date(`${value}T${timeOfDay}`).toISOString());
    };
    set('from', '00:00:00');
    set('to', '23:59:59');
    set('clientId');
    return query;
  }
}

function row({ id, startedAt, client, agent, satisfaction, durationSeconds, endStatus }: Session): HTMLElement {
  const who = client.nickname ?? client.id ?? 'unknown client';
  const first = el('span', 'line', el('strong', '', who), time(startedAt));
  const second = facts(
    client.nickname === null ? '' : client.id,
    agent.id === null ? 'no agent' : `agent ${agent.id}`,
    durationSeconds === null ? '' : duration(durationSeconds),
    endStatus,
  );
  return sessionRow(id, [first, second], satisfaction === null ? [] : [stars(satisfaction)]);
}

/** A link that opens the session, by the hash of the page's address. */
export function sessionRow(id: string, lines: Node[], besideId: Node[] = []): HTMLElement {
  const anchor = el('a', '', ...lines, el('span', 'line', el('code', '', id), ...besideId));
  anchor.href = `#/${encodeURIComponent(id)}`;
  markCurrent(anchor);
  return el('li', '', anchor);
}

/** Marks a link to the open session (`aria-current`). */
export function markCurrent(anchor: HTMLAnchorElement): void {
  anchor.ariaCurrent = anchor.href === location.href ? 'true' : null;
}

function stars(count: number): HTMLElement {
  const element = el('span', 'stars', '★'.repeat(count) + '☆'.repeat(5 - count));
  element.role = 'img';
  element.ariaLabel = `rated ${count} of 5`;
  return element;
}

function duration(seconds: number): string {
  return seconds < 60 ? `${seconds}\u00A0s` : `${Math.round(seconds / 60)}\u00A0min`;
}
