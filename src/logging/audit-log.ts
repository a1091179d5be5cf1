import { type Logger } from 'pino';
import { type RequestContext } from './request-context.js';

/** Who read what, and how it ended: one line for each read, whatever LOG_LEVEL is, unless that is `silent`. */
export class AuditLog {
  private readonly logger: Logger;

  constructor(logger: Logger) {
    this.logger = logger.child({ audit: 'read' }, { level: logger.level === 'silent' ? 'silent' : 'info' });
  }

  record({ requestId, caller, read, problem, cacheOutcome }: RequestContext, status: number): void {
    if (read === undefined) return;
    this.logger.info({ requestId, caller, ...read, outcome: problem ?? cacheOutcome ?? 'aborted', status }, 'read');
  }
}
