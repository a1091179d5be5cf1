import { Controller, Get, Header, Inject, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { AllowAccess } from '../access/access.js';
import { Environment, hasWebhook } from '../environment.js';
import { type AuditedRoute } from '../http/cached-route.js';
import { refuseParameters } from '../http/request-input.js';
import { ProblemError } from '../problem/problem.js';
import { RunningSessions } from './running-sessions.js';
import { type RunningSessionsDto } from './running-sessions.dto.js';
import { DocumentRunningSessions } from './running-sessions.openapi.js';
import { queryOf } from '../target.js';

const NAME = 'running-sessions';
/** Who listed, for the audit line; also if the caller is over the limit. */
const AUDIT = { list: NAME } as const;

export const RUNNING_SESSIONS_ROUTE: AuditedRoute = { template: `/${NAME}`, auditOfRefused: () => AUDIT };

/** The sessions that a webhook reported lately. */
@ApiTags('sessions')
@Controller(NAME)
export class RunningSessionsController {
  constructor(
    @Inject(Environment) private readonly environment: Environment,
    @Inject(RunningSessions) private readonly running: RunningSessions,
  ) {}

  @Get()
  @AllowAccess('callers')
  @Header('cache-control', 'no-store')
  @DocumentRunningSessions()
  async list(@Req() request: FastifyRequest): Promise<RunningSessionsDto> {
    if (!hasWebhook(this.environment)) throw new ProblemError('not-found', { detail: 'No webhook is set up.' });
    refuseParameters(queryOf(request.url));
    request.context.audit = AUDIT;
    const sessions = await this.running.list();
    request.context.cacheOutcome = 'listed';
    return {
      sessions: sessions.map(({ id, lastEventAt }) => ({ id, lastEventAt: new Date(lastEventAt).toISOString() })),
    };
  }
}
