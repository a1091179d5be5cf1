import type { components } from '../desk-bff.js';
import { attachment, el, link, words } from './dom.js';

type Card = components['schemas']['Card'];
type Fields = Readonly<Record<string, unknown>>;

const LABELS: Readonly<Record<Card['kind'], string>> = {
  rating: 'Rating asked for',
  'rating-result': 'Rating',
  options: 'Options',
  form: 'Form',
  product: 'Product',
  order: 'Order',
  bot: 'Bot',
  markdown: 'Markdown',
  stream: 'Bot',
  control: 'Control',
};

/** A card of the Desk plug-in. Its payload is what somebody sent: what is not as documented is not shown. */
export function cardContent({ kind, source, payload }: Card): HTMLElement {
  const card = (about: HTMLElement, facts: string[] = [], ...more: Node[]) =>
    attachment(LABELS[kind], about, facts, ...more);
  switch (kind) {
    case 'rating': {
      const menu = fields(payload['menuContent']);
      return card(words(text(menu, 'head')), [], choices(menu['menu']), words(text(menu, 'tail')));
    }
    case 'rating-result':
      return card(words(text(fields(payload['menuSelected']), 'content')));
    case 'options':
    case 'form':
    case 'bot': {
      const content = fields(payload['content']);
      const title = text(content, 'header') || text(content, 'title');
      return card(words(title), [], choices(content['items']), words(text(content, 'tail')));
    }
    case 'product':
    case 'order': {
      const content = fields(payload['content']);
      const picture = text(content, 'pic') === '' ? [] : [link('Picture', content['pic'])];
      return card(link(text(content, 'header'), content['url']), [text(content, 'desc')], ...picture);
    }
    case 'markdown':
      return card(words(text(payload, 'content')));
    case 'stream': {
      const chunks = list(payload['chunks']).filter((chunk) => typeof chunk === 'string');
      return card(words(chunks.join('')), [payload['isFinished'] === 1 ? '' : 'still writing']);
    }
    case 'control':
      return card(el('span', '', ''), [source === null ? '' : `signal ${source} between the clients`]);
  }
}

function choices(items: unknown): HTMLElement {
  const lines = list(items).map((item) => text(fields(item), 'content') || text(fields(item), 'name'));
  return el('ul', 'choices', ...lines.filter((line) => line !== '').map((line) => el('li', '', line)));
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(from: Fields, name: string): string {
  const value = from[name];
  return typeof value === 'string' ? value : '';
}
