import { BlockList, isIP } from 'node:net';
import { Unreadable } from './variable.js';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** Whether this host (a name, an address, or the `[::1]` of a URL) is this machine. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const family = isIP(name);
  return family === 0 ? name === 'localhost' : loopback.check(name, family === 6 ? 'ipv6' : 'ipv4');
}

/** The desk's address without a trailing slash, ready for `/v4/…`. A path is kept: it may belong to a proxy. */
export function baseUrl(text: string): string | Unreadable {
  const url = readHttpUrl(text);
  if (url instanceof Unreadable) return url;
  if (/[?#]/.test(text)) return new Unreadable('must be a URL without query and fragment');
  return (url.origin + url.pathname).replace(/\/+$/, '');
}

export function httpUrl(text: string): string | Unreadable {
  const url = readHttpUrl(text);
  return url instanceof Unreadable ? url : url.href;
}

function readHttpUrl(text: string): URL | Unreadable {
  const url = readUrl(text, ['http:', 'https:']);
  if (url === undefined) return new Unreadable('must be an http:// or https:// URL');
  if (url.username + url.password !== '') return new Unreadable('must be a URL without user name and password');
  return url;
}

/** One URL, or a comma-separated list (nodes of a cluster, or sentinels), without blanks and empty entries. */
export function redisUrls(text: string): string | Unreadable {
  const nodes = splitList(text);
  const readable = nodes.every((node) => readUrl(node, ['redis:', 'rediss:']) !== undefined);
  return readable && nodes.length > 0
    ? nodes.join(',')
    : new Unreadable('must be a redis:// or rediss:// URL, or several of them, separated by commas');
}

export function origins(text: string): readonly string[] | Unreadable {
  const list = splitList(text);
  if (list.includes('*')) {
    return new Unreadable('must name each origin: * is not accepted');
  }
  const wrong = list.findIndex((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin);
  if (wrong === -1) return Object.freeze(list);
  return new Unreadable(`entry ${wrong + 1} is no origin: scheme://host or scheme://host:port, and nothing behind it`);
}

export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** Stricter than `new URL`, which repairs `https:/host` and removes white space. */
function readUrl(text: string, protocols: readonly string[]): URL | undefined {
  if (/\s/.test(text) || !/^[a-z]+:\/\/[^/]/i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return protocols.includes(url.protocol) && url.hostname !== '' ? url : undefined;
}
