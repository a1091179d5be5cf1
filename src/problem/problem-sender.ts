import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { ProblemError, problemDocument, problemHeaders } from './problem.js';
import { problemOf } from './problem-of.js';
import { pathAsSent } from './request-target.js';

const ALLOWED = 'GET, HEAD';

/** Turns an error into its RFC 9457 answer; the only place where that happens, for Nest's errors and Fastify's alike. */
export class ProblemSender {
  /** Paths that answer GET, so that another method there is 405 and not 404. */
  private readonly paths: RegExp[] = [];

  constructor(private readonly logger: Logger) {}

  addPath(template: string): void {
    const pattern = template
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replace(/:[^/]+/g, '[^/]+')
      .replace(/\*/g, '.*');
    this.paths.push(new RegExp(`^${pattern}$`));
  }

  async send(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const problem = this.withMethod(problemOf(error), request);
    const { context } = request;
    context.problem = problem.code;
    if (problem.details.upstreamCode !== undefined) context.upstreamCode = problem.details.upstreamCode;
    if (problem.code === 'internal') {
      this.logger.error({ requestId: context.requestId, err: problem.cause }, 'a fault of our own');
    }
    const document = problemDocument(problem, { instance: pathAsSent(request.originalUrl), ...context });
    await reply.status(document.status).headers(problemHeaders(problem)).send(JSON.stringify(document));
  }

  private withMethod(problem: ProblemError, { method, url }: FastifyRequest): ProblemError {
    if (problem.code !== 'not-found' || method === 'GET' || method === 'HEAD') return problem;
    const path = url.split('?', 1)[0] ?? url;
    if (!this.paths.some((known) => known.test(path))) return problem;
    const detail = 'Only GET and HEAD are allowed here.';
    return new ProblemError('method-not-allowed', { detail, headers: { allow: ALLOWED } });
  }
}
