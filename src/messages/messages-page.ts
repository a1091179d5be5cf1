import { type Rendered } from '../http/representation.js';
import { type TranscriptView } from '../transcript/view.js';
import { type Window } from '../transcript/window.js';

const COMMA = 0x2c;

/** Two views with the same fingerprint are the same page: runs of rendered messages never change. */
export function fingerprintOf({ total, first, pieces }: TranscriptView): string {
  const shown = pieces.map(({ messages, from, to }) => `${messages.id}:${from}:${to}`);
  return `${total}:${first}:${shown.join()}`;
}

/** Straight into one buffer: joining 200 small ones costs twice as much. All but the messages is ASCII. */
export function renderPage(sessionId: string, window: Window, view: TranscriptView): Rendered {
  const { limit, offset, order } = window;
  const page = { limit, offset, order, total: view.total, nextOffset: nextOffset(window, view.total) ?? null };
  const head = `{"sessionId":${JSON.stringify(sessionId)},"messages":[`;
  const tail = `],"page":${JSON.stringify(page)}}`;
  const messages = order === 'asc' ? messagesIn(view) : messagesIn(view).reverse();
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
  return { body, link: linkOf(sessionId, window, view.total) };
}

/** Each message's bytes and what stands before them, oldest first. */
function messagesIn({ first, pieces }: TranscriptView): { lead: string; json: Buffer }[] {
  const found: { lead: string; json: Buffer }[] = [];
  for (const { messages, from, to } of pieces) {
    for (let i = from; i < to; i++) {
      const position = first === undefined ? 'null' : first + found.length;
      found.push({ lead: `{"position":${position},`, json: messages.json(i) });
    }
  }
  return found;
}

function nextOffset({ limit, offset }: Window, total: number): number | undefined {
  return offset + limit < total ? offset + limit : undefined;
}

/** Relative links to the neighbours (RFC 8288); the previous page never reaches before the first message. */
function linkOf(sessionId: string, window: Window, total: number): string | undefined {
  const next = nextOffset(window, total);
  const links = [
    ...(next === undefined ? [] : [link(sessionId, { ...window, offset: next }, 'next')]),
    ...(window.offset === 0 ? [] : [link(sessionId, previous(window), 'prev')]),
  ];
  return links.length === 0 ? undefined : links.join(', ');
}

function previous(window: Window): Window {
  return { ...window, offset: Math.max(0, window.offset - window.limit) };
}

function link(sessionId: string, { limit, offset, order }: Window, rel: string): string {
  const path = `/sessions/${encodeURIComponent(sessionId)}/messages`;
  return `<${path}?limit=${limit}&offset=${offset}&order=${order}>; rel="${rel}"`;
}
