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
  const vary = reply.getHeader('vary');
  if (vary !== undefined) headers['vary'] = `Accept-Encoding, ${String(vary)}`;
  if (!isUnchanged) {
    headers['content-type'] = 'application/json';
    headers['content-length'] = String(variant.body.length);
    if (variant.encoding !== 'identity') headers['content-encoding'] = variant.encoding;
  }
  const lines = flattened({ ...reply.getHeaders(), ...headers });
  reply.hijack();
  reply.raw.writeHead(isUnchanged ? 304 : 200, lines);
  reply.raw.end(isUnchanged || request.method === 'HEAD' ? undefined : variant.body);
}

/** Names and values by turns: what Node writes as it is, without keeping a table of headers first. */
function flattened(headers: Readonly<Record<string, string | number | string[] | undefined>>): OutgoingHttpHeader[] {
  const lines: OutgoingHttpHeader[] = [];
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) lines.push(name, value);
  return lines;
}
