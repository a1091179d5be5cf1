/*
 * The page is built from elements and text nodes only: no string of the service is ever parsed as HTML. The page's
 * content security policy (require-trusted-types-for) would refuse that, too.
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

/** Characters that change the text direction: with one, a name that ends in `.exe` can seem to end in `.jpg`. */
const BIDI_CONTROLS = /[\u202A-\u202E\u2066-\u2069]/g;

/** A link to an address from a message: only http and https can be clicked, anything else (`javascript:`) stays text. */
export function link(label: string, url: unknown): HTMLElement {
  const words = label.replace(BIDI_CONTROLS, '\uFFFD');
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
  // Left to right or right to left, by the text's own script.
  element.dir = 'auto';
  return element;
}

/** The known facts in one line. */
export function facts(...known: readonly (string | null)[]): HTMLElement {
  return el('span', 'facts', known.filter((fact) => fact !== null && fact !== '').join(' · '));
}

/** An element that is not plain text: its kind, and its parts. */
export function attachment(label: string, ...parts: readonly Node[]): HTMLElement {
  return el('div', 'attachment', el('span', 'label', label), ...parts);
}
