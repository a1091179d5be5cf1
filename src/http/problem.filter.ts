import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { ProblemSender } from './problem-sender.js';

/** Every error of a handler leaves through here. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(ProblemSender) private readonly sender: ProblemSender) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    await this.sender.send(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}
