import { cardContent } from './card.js';
import { attachment, el, facts, link, time, words } from './dom.js';
import type { Message } from './service.js';

type Content = Message['content'][number];
type Of<Type extends Content['type']> = Extract<Content, { type: Type }>;

/** One element of a message for display. Nothing is loaded from its URLs. */
export function contentElement(content: Content): HTMLElement {
  switch (content.type) {
    case 'text':
      return words(content.text);
    case 'image':
      return image(content);
    case 'file':
      return attachment('File', link(content.name ?? 'without a name', content.url), facts(bytes(content.size)));
    case 'sound':
      return attachment('Voice', link('Listen', content.url), facts(seconds(content.seconds), bytes(content.size)));
    case 'video':
      return video(content);
    case 'location': {
      const place = `${content.latitude ?? '?'}, ${content.longitude ?? '?'}`;
      return attachment('Location', el('span', '', content.description ?? ''), facts(place));
    }
    case 'face':
      return attachment('Emoji', el('span', '', content.data ?? ''), facts(`no. ${content.index ?? '?'}`));
    case 'relay':
      return relay(content);
    case 'custom': {
      const { card, description, extension, sound, data } = content;
      return card === null ? attachment('Custom', facts(description, extension, sound), raw(data)) : cardContent(card);
    }
    case 'unknown':
      return attachment('Unknown', el('span', '', content.rawType ?? 'without a type'), raw(content.raw));
  }
}

function image({ format, variants }: Of<'image'>): HTMLElement {
  const sizes = variants.map(({ kind, url, width, height, size }) =>
    el('li', '', link(kind ?? 'unknown', url), ' ', facts(pixels(width, height), bytes(size))),
  );
  return attachment('Image', facts(format), el('ul', '', ...sizes));
}

function video({ url, seconds: length, size, format, thumbnail }: Of<'video'>): HTMLElement {
  const known = facts(seconds(length), format, bytes(size), pixels(thumbnail.width, thumbnail.height));
  const preview = thumbnail.url === null ? [] : [link('Preview', thumbnail.url)];
  return attachment('Video', link('Watch', url), known, ...preview);
}

/** Forwarded messages, which may contain forwarded messages themselves. */
function relay({ title, count, abstracts, compatibleText, key, messages }: Of<'relay'>): HTMLElement {
  const summary = el('summary', '', title ?? '', ' ', facts(count === null ? '' : `${count} messages`));
  const inner = messages.map(({ from, sentAt, content }) => {
    const when = sentAt === null ? '' : time(sentAt);
    return el('li', '', el('strong', '', from ?? '?'), ' ', when, ...content.map(contentElement));
  });
  const abstract = abstracts.length > 0 ? abstracts.join('\n') : compatibleText;
  const shown = inner.length > 0 ? el('ol', '', ...inner) : words(abstract);
  const missing = key === null ? [] : [words('They are too large to be in the record.')];
  return attachment('Merged chat', el('details', '', summary, shown, ...missing));
}

function raw(value: unknown): HTMLElement {
  const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
  return el('details', '', el('summary', '', 'As it came'), el('pre', '', text));
}

function seconds(count: number | null): string {
  return count === null || count === 0 ? '' : `${count} s`;
}

function pixels(width: number | null, height: number | null): string {
  return (width ?? 0) > 0 && (height ?? 0) > 0 ? `${width ?? ''} × ${height ?? ''}` : '';
}

function bytes(count: number | null): string {
  if (count === null) return '';
  const steps = ['B', 'KB', 'MB', 'GB'];
  const step = Math.min(steps.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
  return `${(count / 1000 ** step).toFixed(step === 0 ? 0 : 1)} ${steps[step] ?? ''}`;
}
