/** Without the `W/` that may stand before them: the comparison is weak. */
const OPAQUE_TAGS = /"[^"]*"/g;

/** Whether If-None-Match names this entity tag, weakly compared (RFC 9110 §13.1.2), or is `*`. */
export function matchesEntityTag(header: string, etag: string): boolean {
  if (header === etag || header.trim() === '*') return true;
  return header.match(OPAQUE_TAGS)?.includes(etag) === true;
}
