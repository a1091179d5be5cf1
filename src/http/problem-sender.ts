import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { problemDocument, problemHeaders } from '../problem/problem.js';
import { problemOf } from '../problem/problem-of.js';
import { pathAsSent } from './request-target.js';

/** Turns an error into its RFC 9457 answer; the only place where that happens, for Nest's errors and Fastify's alike. */
export class ProblemSender {
  constructor(private readonly logger: Logger) {}

  async send(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const problem = problemOf(error);
    const { context } = request;
    context.problem = problem.code;
    if (problem.details.upstreamCode !== undefined) context.upstreamCode = problem.details.upstreamCode;
    if (problem.code === 'internal') {
      this.logger.error({ requestId: context.requestId, err: problem.cause }, 'a fault of our own');
    }
    const document = problemDocument(problem, { instance: pathAsSent(request.originalUrl), ...context });
    await reply.status(document.status).headers(problemHeaders(problem)).send(JSON.stringify(document));
  }
}
