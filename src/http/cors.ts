import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

const METHODS = 'GET, HEAD';
const REQUEST_HEADERS =
  'X-API-Key, Authorization, If-None-Match, Cache-Control, X-Request-Id, traceparent, Last-Event-ID';
const EXPOSED =
  'ETag, Retry-After, Link, Content-Disposition, Age, X-Request-Id, Cache-Status, Last-Modified, Cache-Control, Vary, WWW-Authenticate, Allow';
const PREFLIGHT_SECONDS = '600';

/**
 * Lets scripts of the configured origins read answers. By hand: @fastify/cors answers every OPTIONS itself, before
 * authentication and not as a problem.
 */
export class Cors {
  private readonly allowed: ReadonlySet<string>;

  constructor(origins: readonly string[]) {
    this.allowed = new Set(origins);
  }

  /**
   * Answers differ by origin, so every answer needs `Vary: Origin`, also to requests without an Origin: shared caches
   * rely on it.
   */
  get isOn(): boolean {
    return this.allowed.size > 0;
  }

  allows(origin: string | undefined): origin is string {
    return origin !== undefined && this.allowed.has(origin);
  }

  headersFor(origin: string): readonly [name: string, value: string][] {
    return [
      ['access-control-allow-origin', origin],
      ['access-control-expose-headers', EXPOSED],
    ];
  }
}

/** Only a browser's preflight needs no credentials; any other OPTIONS is a method that is not allowed. */
export function answerPreflights(fastify: FastifyInstance, cors: Cors): void {
  if (!cors.isOn) return;
  fastify.addHook('onRequest', (request, reply, done) => {
    if (isPreflight(request) && cors.allows(request.headers.origin)) sendPreflight(reply);
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
