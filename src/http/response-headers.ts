import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { type FastifyInstance } from 'fastify';
import helmet from 'helmet';
import { type Readiness } from '../operations/readiness.js';
import { type Cors } from './cors.js';

/** The headers of every answer: its id, helmet's headers, and CORS for scripts of the configured origins. */
export class ResponseHeaders {
  private readonly fixed: Readonly<Record<string, string>>;
  private readonly fixedOfRepresentation: readonly string[];

  constructor(
    security: Readonly<Record<string, string>>,
    private readonly cors: Cors,
    private readonly readiness: Readiness,
  ) {
    this.fixed = cors.isOn ? { ...security, vary: 'Origin' } : security;
    const ofRepresentation = { ...security, vary: cors.isOn ? 'Accept-Encoding, Origin' : 'Accept-Encoding' };
    this.fixedOfRepresentation = Object.entries(ofRepresentation).flat();
  }

  /** While stopping, each answer closes its connection: the client's next request then goes to another replica. */
  get isLast(): boolean {
    return this.readiness.isStopping;
  }

  of(requestId: string, origin: string | undefined): Readonly<Record<string, string>> {
    const ofOrigin = this.cors.allows(origin) ? this.cors.headersFor(origin) : [];
    return { 'x-request-id': requestId, ...this.fixed, ...Object.fromEntries(ofOrigin) };
  }

  /** The same with `Vary`, as a flat list of names and values, which Node writes fastest. */
  linesOfRepresentation(requestId: string, origin: string | undefined): string[] {
    const lines = ['x-request-id', requestId, ...this.fixedOfRepresentation];
    if (this.cors.allows(origin)) lines.push(...this.cors.headersFor(origin).flat());
    if (this.isLast) lines.push('connection', 'close');
    return lines;
  }
}

/** For all answers that Fastify sends; `Responder` writes past Fastify and adds them itself. */
export function setResponseHeaders(fastify: FastifyInstance, headers: ResponseHeaders): void {
  fastify.addHook('onRequest', ({ context, headers: { origin } }, reply, done) => {
    void reply.headers(headers.of(context.requestId, origin));
    done();
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (headers.isLast) void reply.header('connection', 'close');
    done();
  });
}

/** A CSP that Swagger UI works with: everything from here, and the styles it writes into its elements. */
const setHeaders = helmet({
  contentSecurityPolicy: {
    directives: {
      defaultSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      frameAncestors: ["'none'"],
      upgradeInsecureRequests: null,
    },
  },
  frameguard: { action: 'deny' },
  // HSTS belongs where TLS ends: only there it is known whether the whole host uses it.
  strictTransportSecurity: false,
});

/** Helmet's headers. They are always the same, so helmet is called once and not for every answer. */
export function securityHeaders(): Record<string, string> {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  setHeaders(request, response, (error) => {
    if (error !== undefined) throw error instanceof Error ? error : new Error('helmet failed', { cause: error });
  });
  return Object.fromEntries(response.getHeaderNames().map((name) => [name, String(response.getHeader(name))]));
}
