import { type FastifyInstance } from 'fastify';
import { type Readiness } from '../health/readiness.js';
import { type CrossOrigin } from './cross-origin.js';

/** What every answer carries beside what it says: its id, helmet's headers, and CORS for scripts of named origins. */
export class AnswerHeaders {
  private readonly fixed: Readonly<Record<string, string>>;
  private readonly fixedOfPage: readonly string[];

  constructor(
    security: Readonly<Record<string, string>>,
    private readonly crossOrigin: CrossOrigin,
    private readonly readiness: Readiness,
  ) {
    this.fixed = crossOrigin.isOn ? { ...security, vary: 'Origin' } : security;
    const ofPage = { ...security, vary: crossOrigin.isOn ? 'Accept-Encoding, Origin' : 'Accept-Encoding' };
    this.fixedOfPage = Object.entries(ofPage).flat();
  }

  /** Whether this is the last answer on its connection: who is told so asks elsewhere next time, and nothing is lost. */
  get isLast(): boolean {
    return this.readiness.isStopping;
  }

  of(requestId: string, origin: string | undefined): Readonly<Record<string, string>> {
    const ofOrigin = this.crossOrigin.allows(origin) ? this.crossOrigin.headersFor(origin) : [];
    return { 'x-request-id': requestId, ...this.fixed, ...Object.fromEntries(ofOrigin) };
  }

  /** The same and how a page varies, names and values by turns, as Node writes them at the least cost. */
  linesOfPage(requestId: string, origin: string | undefined): string[] {
    const lines = ['x-request-id', requestId, ...this.fixedOfPage];
    if (this.crossOrigin.allows(origin)) lines.push(...this.crossOrigin.headersFor(origin).flat());
    if (this.isLast) lines.push('connection', 'close');
    return lines;
  }
}

/** On all that Fastify sends; who writes past it (`writePage`) brings them along. */
export function setAnswerHeaders(fastify: FastifyInstance, headers: AnswerHeaders): void {
  fastify.addHook('onRequest', ({ context, headers: { origin } }, reply, done) => {
    void reply.headers(headers.of(context.requestId, origin));
    done();
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (headers.isLast) void reply.header('connection', 'close');
    done();
  });
}
