import { type Rendered } from '../../http/representation.js';
import { BLOCK_SIZE, type ListBlock } from './list-block.js';
import { type ListResult } from './session-lists.js';
import { dateTimeOf } from './session-record.js';
import { type SessionsQuery } from './sessions-request.js';

/** Two lists with the same fingerprint make the same page: blocks never change. */
export function fingerprintOf({ first, blocks }: ListResult): string {
  return `${first}:${blocks.map(({ id }) => id).join()}`;
}

export function renderSessions(query: SessionsQuery, { first, blocks }: ListResult): Rendered {
  const { limit, offset } = query;
  const [{ period, total }] = blocks;
  const reach = Math.max(offset, first + blocks.length * BLOCK_SIZE);
  const end = Math.min(offset + limit, total, reach);
  const records = blocks.flatMap((block, index) => recordsOf(block, first + index * BLOCK_SIZE, offset, end));
  // If only the first block of a page is available, the next page begins there.
  const nextOffset = end < total ? end : null;
  const head = JSON.stringify({ from: dateTimeOf(period.from), to: dateTimeOf(period.to) });
  const page = JSON.stringify({ limit, offset, total, nextOffset });
  const body = Buffer.from(`{"period":${head},"sessions":[${records.join()}],"page":${page}}`);
  return { body, link: linkOf(query, period, nextOffset) };
}

/** By their places in the list: the desk may give fewer records than a block holds. */
function recordsOf({ records }: ListBlock, start: number, from: number, end: number): readonly string[] {
  return records.slice(Math.max(0, from - start), Math.max(0, end - start));
}

/** Relative links to the neighbours (RFC 8288), with the period spelt out: paging stays in one period. */
function linkOf(query: SessionsQuery, period: ListBlock['period'], nextOffset: number | null): string | undefined {
  const { limit, offset } = query;
  const links = [
    ...(nextOffset === null ? [] : [link(query, period, nextOffset, 'next')]),
    ...(offset === 0 ? [] : [link(query, period, Math.max(0, offset - limit), 'prev')]),
  ];
  return links.length === 0 ? undefined : links.join(', ');
}

function link({ clientId, limit }: SessionsQuery, { from, to }: ListBlock['period'], offset: number, rel: string) {
  const client = clientId === undefined ? '' : `&clientId=${encodeURIComponent(clientId)}`;
  return `</sessions?from=${dateTimeOf(from)}&to=${dateTimeOf(to)}${client}&limit=${limit}&offset=${offset}>; rel="${rel}"`;
}
