import { type FastifyInstance } from 'fastify';
import { type Readiness } from '../operations/readiness.js';
import { type Cors } from './cors.js';

/** What every answer carries beside what it says: its id, helmet's headers, and CORS for scripts of named origins. */
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

  /** Whether this is the last answer on its connection: who is told so asks elsewhere next time, and nothing is lost. */
  get isLast(): boolean {
    return this.readiness.isStopping;
  }

  of(requestId: string, origin: string | undefined): Readonly<Record<string, string>> {
    const ofOrigin = this.cors.allows(origin) ? this.cors.headersFor(origin) : [];
    return { 'x-request-id': requestId, ...this.fixed, ...Object.fromEntries(ofOrigin) };
  }

  /** The same and what a representation varies by, names and values by turns, as Node writes them at the least cost. */
  linesOfRepresentation(requestId: string, origin: string | undefined): string[] {
    const lines = ['x-request-id', requestId, ...this.fixedOfRepresentation];
    if (this.cors.allows(origin)) lines.push(...this.cors.headersFor(origin).flat());
    if (this.isLast) lines.push('connection', 'close');
    return lines;
  }
}

/** On all that Fastify sends; who writes past it (`Responder`) brings them along. */
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
