import { readablePath } from './percent-encoding.js';

const ABSOLUTE = /^https?:\/\/[^/?#]*/i;

/**
 * A target that the router can read. What it cannot (`/%ff`, `/%zz`, `*`) it would answer itself, before anybody is known
 * and not as a problem; so that takes the way of all requests.
 */
export function readableTarget(target: string): string {
  const origin = originForm(target);
  const path = pathOf(origin);
  return path.includes('%') ? readablePath(path) + origin.slice(path.length) : origin;
}

/** The path that was asked for, as it was written: a problem's `instance`. */
export function pathAsSent(target: string): string {
  const path = pathOf(originForm(target));
  return isOfWebhook(path) ? WEBHOOK_PATH : path;
}

/** The path of the desk's webhook, as problems, metrics and log name it: what follows it is a secret. */
export const WEBHOOK_PATH = '/webhooks/desk';

/** However it is spelt, where it is missed by a slash, or behind a prefix that a proxy left: the secret is in it all the same. */
const OF_WEBHOOK = /^\/+webhooks(?:\/|$)|\/webhooks?\/+desk(?:\/|$)/i;

function isOfWebhook(path: string): boolean {
  return OF_WEBHOOK.test(decodeURIComponent(readablePath(path)));
}

/** Also of what a proxy would be asked with (`http://host/path`), and of targets that are no path at all. */
function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const rest = target.replace(ABSOLUTE, '');
  if (rest.length === target.length) return `/${encodeURIComponent(target)}`;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** A target without its query. */
export function pathOf(target: string): string {
  return target.split(/[?#]/, 1)[0] ?? target;
}

/** The query of a target, without its question mark. */
export function queryOf(target: string): string {
  const mark = target.indexOf('?');
  return mark < 0 ? '' : target.slice(mark + 1);
}
