import { type FastifyRequest } from 'fastify';

export type Guarded = 'sessions' | 'metrics' | undefined;

/** What the request is after, in whatever spelling the router takes for it; undefined where everybody may look. */
export function guardedPath(request: FastifyRequest): Guarded {
  const { url } = request;
  if (url.startsWith('/sessions/')) return 'sessions';
  // What the router found counts as well: should the two ever read a URL differently, the stricter one wins.
  return guardedRoom(decoded(url)) ?? guardedRoom(request.routeOptions.url ?? '');
}

function guardedRoom(path: string): Guarded {
  const [, room] = /^\/(sessions|metrics)(?![^/])/.exec(path) ?? [];
  if (room === 'sessions') return room;
  return room === 'metrics' && /^\/metrics\/?$/.test(path) ? room : undefined;
}

function decoded(url: string): string {
  const path = url.split(/[?#]/, 1)[0] ?? url;
  return path.includes('%') ? decodeURIComponent(path) : path;
}
