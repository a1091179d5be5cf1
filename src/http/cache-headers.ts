import { type Result, type View } from '../cache/result.js';
import { type Answer } from './answer.js';
import { type Variant } from './representation.js';

/** Before this no HTTP-date can be written. */
const FIRST_HTTP_DATE = Date.UTC(1, 0, 1);

/** What a 200 and a 304 say of an answer, names and values by turns; `now` keeps Last-Modified out of the future. */
export function cacheHeaders({ representation, result, modifiedAt }: Answer, { etag }: Variant, now: number): string[] {
  const { lifetimeMs, ageMs } = result.view;
  const lines = [
    'etag',
    etag,
    'cache-control',
    `private, max-age=${Math.floor(lifetimeMs / 1000)}`,
    'age',
    String(Math.max(0, Math.floor(ageMs / 1000))),
    'cache-status',
    cacheStatus(result),
  ];
  if (modifiedAt !== undefined && modifiedAt > FIRST_HTTP_DATE) {
    lines.push('last-modified', representation.lastModified(Math.min(modifiedAt, now)));
  }
  if (representation.link !== undefined) lines.push('link', representation.link);
  return lines;
}

/** RFC 9211: where the answer came from, and for how long it is fresh (seconds, negative once stale). */
function cacheStatus({ outcome, level, view, forwarded, isStored, isCollapsed }: Result<View>): string {
  if (outcome === 'hit' || outcome === 'stale')
    return `desk-bff; hit; ttl=${Math.floor(view.remainingMs / 1000)}; detail=${level}`;
  const stored = isStored ? '; stored' : '';
  const collapsed = isCollapsed ? '; collapsed' : '';
  return `desk-bff; fwd=${forwarded ?? 'miss'}${stored}${collapsed}`;
}
