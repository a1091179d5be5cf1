/** A request's target (RFC 9112 §3.2) without its query. */
export function pathOf(target: string): string {
  return target.split(/[?#]/, 1)[0] ?? target;
}

/** The query of a target, without its question mark. */
export function queryOf(target: string): string {
  const mark = target.indexOf('?');
  return mark < 0 ? '' : target.slice(mark + 1);
}
