import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Reading } from '../transcript/reading.js';
import { matchesEntityTag } from './conditional.js';
import { type Page, type Variant } from './page.js';
import { pageHeaders } from './page-headers.js';

/** A page in the encoding that its reader prefers, and how it came about. */
export interface ReadPage {
  readonly page: Page;
  readonly variant: Variant;
  readonly reading: Reading;
}

/**
 * Writes a page, or that it is unchanged, past Fastify's `send`: its hooks and checks cost a hit from memory as much as
 * all the rest (bench, "hit from memory").
 *
 * @param lines what every answer carries: names and values by turns, as Node writes them. Joining tables would cost more
 */
export function writePage(
  request: IncomingMessage,
  response: ServerResponse,
  { page, variant, reading }: ReadPage,
  lines: readonly string[],
): void {
  const ifNoneMatch = request.headers['if-none-match'];
  const isUnchanged = ifNoneMatch !== undefined && matchesEntityTag(ifNoneMatch, variant.etag);
  const all = [...lines, ...pageHeaders(page, variant, reading, Date.now())];
  if (!isUnchanged) {
    all.push('content-type', 'application/json', 'content-length', String(variant.body.length));
    if (variant.encoding !== 'identity') all.push('content-encoding', variant.encoding);
  }
  response.writeHead(isUnchanged ? 304 : 200, all);
  response.end(isUnchanged || request.method === 'HEAD' ? undefined : variant.body);
}
