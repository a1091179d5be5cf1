import { type OutgoingHttpHeader } from 'node:http';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Reading } from '../transcript/reading.js';
import { matchesEntityTag } from './conditional.js';
import { type Page, type Variant } from './page.js';
import { pageHeaders } from './page-headers.js';

/**
 * Writes a page, or that it is unchanged, past Fastify's `send`: its hooks and checks cost a hit from memory as much as
 * all the rest (bench, "hit from memory"). The headers that the hooks of a request set before still go out.
 */
export function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  page: Page,
  variant: Variant,
  reading: Reading,
): void {
  const ifNoneMatch = request.headers['if-none-match'];
  const isUnchanged = ifNoneMatch !== undefined && matchesEntityTag(ifNoneMatch, variant.etag);
  const headers = pageHeaders(page, variant, reading, Date.now());
  if (!isUnchanged) {
    headers['content-type'] = 'application/json';
    headers['content-length'] = String(variant.body.length);
    if (variant.encoding !== 'identity') headers['content-encoding'] = variant.encoding;
  }
  const set = reply.getHeaders();
  if (set.vary !== undefined) headers['vary'] = `Accept-Encoding, ${String(set.vary)}`;
  set.vary = undefined;
  const lines: OutgoingHttpHeader[] = [];
  addLines(lines, set);
  addLines(lines, headers);
  reply.hijack();
  reply.raw.writeHead(isUnchanged ? 304 : 200, lines);
  reply.raw.end(isUnchanged || request.method === 'HEAD' ? undefined : variant.body);
}

/** Names and values by turns: what Node writes as it is. Joining the two tables first would cost more than all the rest. */
function addLines(
  lines: OutgoingHttpHeader[],
  headers: Readonly<Record<string, OutgoingHttpHeader | undefined>>,
): void {
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) lines.push(name, value);
  }
}
