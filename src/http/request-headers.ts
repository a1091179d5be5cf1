import { type FastifyInstance } from 'fastify';
import { type IncomingMessage } from 'node:http';
import { ProblemError } from '../problem/problem.js';

/**
 * What HTTP itself asks of a request's headers. Node would refuse the same, but before anybody is known, and not as a
 * problem; so it is told not to.
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
  // RFC 9112 §3.2: none, or two (which Node joins with a comma), and nobody can tell who was meant.
  if (host === undefined ? httpVersion === '1.1' : host.includes(',')) {
    return new ProblemError('invalid-request', { detail: 'The request needs one Host header.' });
  }
  if (expect === undefined || expect.toLowerCase() === '100-continue') return undefined;
  return new ProblemError('invalid-request', { status: 417, detail: 'The expectation cannot be met.' });
}
