import { pathOf } from '../target.js';

const ABSOLUTE = /^https?:\/\/[^/?#]*/i;

/**
 * A target that the router can read. Others (`/%ff`, `/%zz`, `*`) the router would answer itself, before authentication
 * and not as a problem; rewritten, they pass the same hooks as all requests.
 */
export function readableTarget(target: string): string {
  const origin = originForm(target);
  const path = pathOf(origin);
  return path.includes('%') ? readablePath(path) + origin.slice(path.length) : origin;
}

/** The path as it was sent: a problem's `instance`. */
export function pathAsSent(target: string): string {
  const path = pathOf(originForm(target));
  return isOfWebhook(path) ? WEBHOOK_PATH : path;
}

/** The path of the desk's webhook in problems, metrics and logs: what follows it is a secret. */
export const WEBHOOK_PATH = '/webhooks/desk';

/**
 * In any spelling, with a slash too many or too few, or behind a proxy's prefix: a mistyped path contains the secret
 * too.
 */
const OF_WEBHOOK = /^\/+webhooks(?:\/|$)|\/webhooks?\/+desk(?:\/|$)/i;

function isOfWebhook(path: string): boolean {
  return OF_WEBHOOK.test(decodeURIComponent(readablePath(path)));
}

/** Also of an absolute target (`http://host/path`), and of targets that are no path at all. */
function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const rest = target.replace(ABSOLUTE, '');
  if (rest.length === target.length) return `/${encodeURIComponent(target)}`;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

const CONTINUATION = '%[89AB][\\dA-F]';

/**
 * One character in UTF-8 (RFC 3629 §4: the shortest form, no surrogates), which is all that decodeURIComponent accepts.
 */
const CHARACTER = [
  '%[0-7][\\dA-F]',
  `%(?:C[2-9A-F]|D[\\dA-F])${CONTINUATION}`,
  `%(?:E0%[AB][\\dA-F]|ED%[89][\\dA-F]|E[1-9ABCEF]${CONTINUATION})${CONTINUATION}`,
  `%(?:F0%[9AB][\\dA-F]|F[1-3]${CONTINUATION}|F4%8[\\dA-F])${CONTINUATION}${CONTINUATION}`,
].join('|');

/**
 * Valid characters, or an invalid byte or percent sign. A pattern in one pass, since catching the exceptions of
 * decodeURIComponent costs 7 µs for each fault.
 */
const ESCAPES = new RegExp(`((?:${CHARACTER})+)|%+(?=%)|%[\\dA-F]{2}|%`, 'gi');

/**
 * A path that can be decoded. U+FFFD replaces what cannot be, and occurs in no id, route or file; nothing gets longer.
 */
export function readablePath(path: string): string {
  return path.replace(ESCAPES, (_escape, characters?: string) => characters ?? '\ufffd');
}

/**
 * A query that URLSearchParams reads as it reads the given one (invalid UTF-8 becomes U+FFFD, other percent signs
 * stay), but without the cost of an exception for each invalid name or value.
 */
export function readableQuery(query: string): string {
  return query.replace(ESCAPES, (escape, characters?: string) => {
    const isByte = !escape.endsWith('%');
    return characters ?? (isByte ? '\ufffd' : escape.replaceAll('%', '%25'));
  });
}
