import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

const METHODS = 'GET, HEAD';
const REQUEST_HEADERS = 'X-API-Key, Authorization, If-None-Match, Cache-Control, X-Request-Id, traceparent';
const EXPOSED =
  'ETag, Retry-After, Link, Age, X-Request-Id, Cache-Status, Last-Modified, Cache-Control, WWW-Authenticate, Allow';
const PREFLIGHT_SECONDS = '600';

/**
 * Lets scripts of the named origins read answers. By hand: @fastify/cors answers every OPTIONS itself, before anybody is
 * known and not as a problem.
 */
export function allowOrigins(fastify: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const allowed = new Set(origins);
  fastify.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    // For everybody: a cache in between has to know that the answer to another origin is another one.
    void reply.header('vary', 'Origin');
    if (origin === undefined || !allowed.has(origin)) {
      done();
      return;
    }
    void reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', EXPOSED);
    // Only the browser's own question goes without credentials; any other OPTIONS is a method that is not allowed.
    if (isPreflight(request)) sendPreflight(reply);
    else done();
  });
}

function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

function sendPreflight(reply: FastifyReply): void {
  void reply
    .headers({
      'access-control-allow-methods': METHODS,
      'access-control-allow-headers': REQUEST_HEADERS,
      'access-control-max-age': PREFLIGHT_SECONDS,
    })
    .status(204)
    .send();
}
