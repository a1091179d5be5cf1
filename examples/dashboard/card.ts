import type { components } from '../desk-bff.js';
import { attachment, el, facts, link, words } from './dom.js';

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
  return attachment(LABELS[kind], ...partsOf(kind, source, payload));
}

function partsOf(kind: Card['kind'], source: Card['source'], payload: Fields): readonly HTMLElement[] {
  const content = fields(payload['content']);
  switch (kind) {
    case 'rating': {
      const menu = fields(payload['menuContent']);
      return [words(text(menu, 'head')), choices(menu['menu']), words(text(menu, 'tail'))];
    }
    case 'rating-result':
      return [words(text(fields(payload['menuSelected']), 'content'))];
    case 'options':
    case 'form':
    case 'bot': {
      const title = text(content, 'header') || text(content, 'title');
      return [words(title), choices(content['items']), words(text(content, 'tail'))];
    }
    case 'product':
    case 'order': {
      const picture = text(content, 'pic') === '' ? [] : [link('Picture', content['pic'])];
      return [link(text(content, 'header'), content['url']), facts(text(content, 'desc')), ...picture];
    }
    case 'markdown':
      return [words(text(payload, 'content'))];
    case 'stream': {
      const chunks = list(payload['chunks']).filter((chunk) => typeof chunk === 'string');
      return [words(chunks.join('')), facts(payload['isFinished'] === 1 ? '' : 'still writing')];
    }
    case 'control':
      return [facts(source === null ? '' : `signal ${source} between the clients`)];
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
