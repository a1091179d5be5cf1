const ENTITY_TAGS = /(?:W\/)?("[^"]*")/g;

/** Whether If-None-Match names this entity tag, weakly compared (RFC 9110 §13.1.2), or is `*`. */
export function matchesEntityTag(header: string, etag: string): boolean {
  if (header === etag || header.trim() === '*') return true;
  for (const [, opaque] of header.matchAll(ENTITY_TAGS)) if (opaque === etag) return true;
  return false;
}
