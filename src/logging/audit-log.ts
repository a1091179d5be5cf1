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
    const { sessionId, window } = read;
    const { limit, offset, order } = window;
    const outcome = problem ?? cacheOutcome ?? 'aborted';
    // Flat: an object within would double what the line costs.
    this.logger.info({ requestId, caller, sessionId, limit, offset, order, outcome, status }, 'read');
  }
}
