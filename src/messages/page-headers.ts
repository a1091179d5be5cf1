import { type Reading } from '../transcript/reading.js';
import { type Page, type Variant } from './page.js';

/** Before this no HTTP-date can be written. */
const FIRST_HTTP_DATE = Date.UTC(1, 0, 1);

/** What a 200 and a 304 say of the page, names and values by turns; `now` keeps Last-Modified out of the future. */
export function pageHeaders(page: Page, variant: Variant, reading: Reading, now: number): string[] {
  const { lifetimeMs, restMs, newestAt } = reading;
  const lines = [
    'etag',
    variant.etag,
    'cache-control',
    `private, max-age=${Math.floor(lifetimeMs / 1000)}`,
    'age',
    String(Math.max(0, Math.floor((lifetimeMs - restMs) / 1000))),
    'cache-status',
    cacheStatus(reading),
  ];
  if (newestAt !== undefined && newestAt > FIRST_HTTP_DATE) {
    lines.push('last-modified', page.lastModified(Math.min(newestAt, now)));
  }
  if (page.link !== undefined) lines.push('link', page.link);
  return lines;
}

/** RFC 9211: where the answer came from, and for how long it is fresh (seconds, negative once stale). */
function cacheStatus({ outcome, level, restMs, forwarded, isStored, isCollapsed }: Reading): string {
  if (outcome === 'hit' || outcome === 'stale')
    return `desk-bff; hit; ttl=${Math.floor(restMs / 1000)}; detail=${level}`;
  const stored = isStored ? '; stored' : '';
  const collapsed = isCollapsed ? '; collapsed' : '';
  return `desk-bff; fwd=${forwarded ?? 'miss'}${stored}${collapsed}`;
}
