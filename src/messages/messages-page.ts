import { type Rendered } from '../http/representation.js';
import { type PageQuery, type Window } from '../transcript/query.js';
import { countOf, type TranscriptView } from '../transcript/view.js';

const COMMA = 0x2c;

/** Written into one buffer: joining 200 small ones costs twice as much. All but the messages is ASCII. */
export function renderPage(sessionId: string, query: PageQuery, view: TranscriptView): Rendered {
  const { page, link } = placeOf(sessionId, query, view);
  const head = `{"sessionId":${JSON.stringify(sessionId)},"messages":[`;
  const tail = `],"page":${JSON.stringify(page)}}`;
  const messages = query.order === 'asc' ? messagesIn(view) : messagesIn(view).reverse();
  const commas = Math.max(0, messages.length - 1);
  const ofMessages = messages.reduce((sum, { lead, json }) => sum + lead.length + json.length, commas);
  const body = Buffer.allocUnsafeSlow(head.length + ofMessages + tail.length);
  let at = body.write(head, 'latin1');
  for (const { lead, json } of messages) {
    if (at > head.length) at = body.writeUInt8(COMMA, at);
    at += body.write(lead, at, 'latin1');
    at += json.copy(body, at);
  }
  body.write(tail, at, 'latin1');
  return { body, link };
}

/** Each message's bytes and what precedes them, oldest first. */
export function messagesIn({ first, slices }: TranscriptView): { lead: string; json: Buffer }[] {
  const found: { lead: string; json: Buffer }[] = [];
  for (const { messages, from, to } of slices) {
    for (let i = from; i < to; i++) {
      const position = first === undefined ? 'null' : first + found.length;
      found.push({ lead: `{"position":${position},`, json: messages.json(i) });
    }
  }
  return found;
}

/** The metadata of the page, and the links to its neighbours. */
function placeOf(
  sessionId: string,
  query: PageQuery,
  view: TranscriptView,
): { page: object; link: string | undefined } {
  const { limit, order } = query;
  const { total } = view;
  if ('offset' in query) {
    const next = query.offset + limit < total ? query.offset + limit : undefined;
    const page = { limit, offset: query.offset, order, total, nextOffset: next ?? null };
    return { page, link: linksOf(sessionId, query, next) };
  }
  const { first, last } = shownIn(view);
  if ('before' in query) {
    const next = first === undefined || first === 0 ? undefined : first;
    const page = { limit, before: query.before, order, total, nextBefore: next ?? null };
    return { page, link: next === undefined ? undefined : link(sessionId, { limit, before: next, order }, 'next') };
  }
  const next = last === undefined || last >= total - 1 ? undefined : last;
  const page = { limit, after: query.after, order, total, nextAfter: next ?? null };
  return { page, link: next === undefined ? undefined : link(sessionId, { limit, after: next, order }, 'next') };
}

/** The lowest and the highest position shown. */
function shownIn(view: TranscriptView): { first: number | undefined; last: number | undefined } {
  const { offset } = view;
  const count = countOf(view);
  return count === 0 ? { first: undefined, last: undefined } : { first: offset, last: offset + count - 1 };
}

/** Relative links to the neighbours (RFC 8288); the previous page never reaches before the first message. */
function linksOf(sessionId: string, { limit, offset, order }: Window, next: number | undefined): string | undefined {
  const previous = Math.max(0, offset - limit);
  const links = [
    ...(next === undefined ? [] : [link(sessionId, { limit, offset: next, order }, 'next')]),
    ...(offset === 0 ? [] : [link(sessionId, { limit, offset: previous, order }, 'prev')]),
  ];
  return links.length === 0 ? undefined : links.join(', ');
}

function link(sessionId: string, query: PageQuery, rel: string): string {
  const path = `/sessions/${encodeURIComponent(sessionId)}/messages`;
  const parameters = Object.entries(query).map(([name, value]) => `${name}=${value}`);
  return `<${path}?${parameters.join('&')}>; rel="${rel}"`;
}
