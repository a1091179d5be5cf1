/*
 * The page is made of elements and text nodes alone: no string of the service is ever read as HTML, and the page's policy
 * (require-trusted-types-for) would not let it.
 */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  element.append(...children);
  return element;
}

export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`index.html has no such #${id}`);
  return element;
}

/** Characters that turn the direction of what follows: with one, a name that ends in `.exe` can seem to end in `.jpg`. */
const TURNS = /[\u202A-\u202E\u2066-\u2069]/g;

/** Words that lead to an address which somebody sent: only the web is worth a click, `javascript:` stays text. */
export function link(anyWords: string, url: unknown): HTMLElement {
  const words = anyWords.replace(TURNS, '\uFFFD');
  if (typeof url !== 'string' || url === '') return el('span', '', words);
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return el('span', '', `${words} (${url})`);
  const anchor = el('a', '', words);
  anchor.href = url;
  anchor.target = '_blank';
  anchor.rel = 'noopener noreferrer';
  return anchor;
}

/** In the reader's own time zone. */
export function time(iso: string, timeStyle: 'short' | 'medium' = 'short'): HTMLTimeElement {
  const element = el('time', '', new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle }));
  element.dateTime = iso;
  element.title = iso;
  return element;
}

export function words(text: string | null): HTMLElement {
  const element = el('p', 'words', text ?? '');
  // Each in the direction of its own script.
  element.dir = 'auto';
  return element;
}

/** What is known of something, in a line. */
export function facts(...known: readonly (string | null)[]): HTMLElement {
  return el('span', 'facts', known.filter((fact) => fact !== null && fact !== '').join(' · '));
}

/** All that is no plain text: what it is, and its parts. */
export function attachment(label: string, ...parts: readonly Node[]): HTMLElement {
  return el('div', 'attachment', el('span', 'label', label), ...parts);
}
