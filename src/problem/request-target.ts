const ABSOLUTE = /^https?:\/\/[^/?#]*/i;

/**
 * A target that the router can read. What it cannot (`/%ff`, `/%zz`, `*`) it would answer itself, before anybody is known
 * and not as a problem; so each `%` that stands for nothing is taken for itself and takes the way of all requests.
 */
export function readableTarget(target: string): string {
  const path = target.startsWith('/') ? target : originForm(target);
  return path.includes('%') ? withoutStrayPercents(path) : path;
}

/** The path that was asked for, as it was written: a problem's `instance`. */
export function pathAsSent({ originalUrl, url }: { readonly originalUrl: string; readonly url: string }): string {
  const target = originalUrl.startsWith('/') ? originalUrl : url;
  return target.split(/[?#]/, 1)[0] ?? target;
}

/** What a proxy would be asked with (`http://host/path`), and targets that are no path at all. */
function originForm(target: string): string {
  const rest = target.replace(ABSOLUTE, '');
  if (rest.length === target.length) return `/${encodeURIComponent(target)}`;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

function withoutStrayPercents(target: string): string {
  const [path = ''] = target.split(/[?#]/, 1);
  if (isDecodable(path)) return target;
  const escapes = /%[0-7][\da-f]|(?:%[89a-f][\da-f])+|%/gi;
  const repaired = path.replace(escapes, (escape) => (isDecodable(escape) ? escape : escape.replaceAll('%', '%25')));
  return repaired + target.slice(path.length);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
