import { type IncomingMessage } from 'node:http';
import { type FastifyInstance } from 'fastify';
import { ProblemError } from '../problem/problem.js';

/**
 * The rules of HTTP for a request's headers. Node's own checks are switched off (`serverOptions`): they answer before
 * authentication and not as a problem.
 */
export function checkRequestHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const problem = faultOfHeaders(request.raw);
    if (problem !== undefined) void reply.header('connection', 'close');
    done(problem);
  });
}

export function faultOfHeaders({ headers, httpVersion }: IncomingMessage): ProblemError | undefined {
  const { host, expect } = headers;
  // RFC 9112 §3.2: with no Host, or two (which Node joins with a comma), the host is ambiguous.
  if (host === undefined ? httpVersion === '1.1' : host.includes(',')) {
    return new ProblemError('invalid-request', { detail: 'The request needs one Host header.' });
  }
  if (expect === undefined || expect.toLowerCase() === '100-continue') return undefined;
  return new ProblemError('invalid-request', { status: 417, detail: 'The expectation cannot be met.' });
}

export const MAX_BODY_BYTES = 16_384;

/** For Fastify these have no body: it leaves one unread. */
const METHODS_WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Whether a body follows the headers. It has not been read yet, so it may turn out to be malformed. */
export function announcesBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/** Only the webhook's body is parsed. Elsewhere a body is read and ignored, so that the answer is about the method. */
export function ignoreBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    done(null, request.routeOptions.config.access === 'desk' ? body : undefined);
  });
  drainBodies(fastify);
}

/**
 * Reads bodies of GET and HEAD to the end before answering: only then is the request known to be well-formed and small.
 */
function drainBodies(fastify: FastifyInstance): void {
  fastify.addHook('preParsing', ({ method, raw }, reply, body, done) => {
    if (!METHODS_WITHOUT_BODY.has(method) || !announcesBody(raw)) {
      done(null, body);
      return;
    }
    let bytes = 0;
    const finish = (problem: ProblemError | null) => {
      body.off('data', count).off('end', pass);
      if (problem !== null) void reply.header('connection', 'close');
      done(problem, body);
    };
    const count = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) finish(tooLarge());
    };
    const pass = () => {
      finish(null);
    };
    if (Number(raw.headers['content-length'] ?? 0) > MAX_BODY_BYTES) finish(tooLarge());
    else body.on('data', count).on('end', pass);
  });
}

function tooLarge(): ProblemError {
  return new ProblemError('invalid-request', { status: 413, detail: 'The request is too large.' });
}
