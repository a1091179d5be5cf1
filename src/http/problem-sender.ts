import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Logger } from 'pino';
import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import { type DeclaredRoutes } from '../access/declared-routes.js';
import { problemDocument, type ProblemDocument, ProblemError, problemHeaders } from '../problem/problem.js';
import { problemOf } from '../problem/problem-of.js';
import { pathAsSent } from './request-target.js';
import { pathOf } from '../target.js';

/** Turns an error into its RFC 9457 answer; the only place where that happens, for Nest's errors and Fastify's alike. */
export class ProblemSender {
  constructor(
    private readonly logger: Logger,
    private readonly routes: DeclaredRoutes,
  ) {}

  async send(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const problem = this.problemOf(error, request);
    const document = this.document(problem, request);
    // Bytes: to a text Fastify would add a charset, which this type does not have (RFC 9457 §6.1).
    await reply
      .status(document.status)
      .headers(problemHeaders(problem))
      .send(Buffer.from(JSON.stringify(document)));
  }

  /** When the answer has begun already and its status cannot change. */
  documentOf(error: unknown, request: FastifyRequest): ProblemDocument {
    return this.document(this.problemOf(error, request), request);
  }

  private problemOf(error: unknown, request: FastifyRequest): ProblemError {
    const { context } = request;
    const problem = this.withMethod(problemOf(error), request);
    context.problem = problem.code;
    if (problem.details.upstreamCode !== undefined) context.upstreamCode = problem.details.upstreamCode;
    if (problem.code === 'internal') {
      this.logger.error({ requestId: context.requestId, err: problem.cause }, 'a fault of our own');
    }
    return problem;
  }

  private document(problem: ProblemError, { context, originalUrl }: FastifyRequest): ProblemDocument {
    return problemDocument(problem, { instance: pathAsSent(originalUrl), ...context });
  }

  /** Runs after the body was read, which may be invalid as well, and only for authenticated callers. */
  private withMethod(problem: ProblemError, { is404, method, url }: FastifyRequest): ProblemError {
    const methods = problem.code === 'not-found' && is404 ? this.routes.methodsOf(pathOf(url)) : undefined;
    if (methods === undefined || methods.includes(method)) return problem;
    const detail = `Only ${methods.join(' and ')} ${methods.length === 1 ? 'is' : 'are'} allowed here.`;
    return new ProblemError('method-not-allowed', { detail, headers: { allow: methods.join(', ') } });
  }
}

/** Every error of a handler is answered here. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(ProblemSender) private readonly sender: ProblemSender) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    await this.sender.send(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}
