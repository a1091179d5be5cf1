import { type Logger } from 'pino';
import { type ChangeFeed } from '../../cache/change-feed.js';
import { type Metrics } from '../../metrics/metrics.js';
import { type RunningSessions } from '../running-sessions.js';
import { type SeenRequests } from './seen-requests.js';

export interface WebhookEventsParts {
  readonly seen: SeenRequests;
  readonly changes: ChangeFeed;
  readonly running: RunningSessions;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** The effects of a webhook. They run after the desk got its answer. */
export class WebhookEvents {
  constructor(private readonly parts: WebhookEventsParts) {}

  /** Starts at once; errors are logged here, since nobody awaits it. */
  accept(sessionId: string, requestId: string | undefined): void {
    this.take(sessionId, requestId).catch((error: unknown) => {
      this.parts.logger.error({ err: error }, 'a webhook was lost through a fault of our own');
    });
  }

  ignore(): void {
    this.count('ignored');
  }

  private async take(sessionId: string, requestId: string | undefined): Promise<void> {
    const { seen, changes, running } = this.parts;
    if (requestId !== undefined) {
      const wasSeen = seen.has(requestId);
      if (wasSeen === true || (wasSeen !== false && (await wasSeen))) {
        this.count('duplicate');
        return;
      }
    }
    this.count('accepted');
    await Promise.all([changes.invalidate(sessionId), running.note(sessionId)]);
    if (requestId !== undefined) await seen.note(requestId);
  }

  private count(outcome: 'accepted' | 'duplicate' | 'ignored'): void {
    this.parts.metrics.webhookEvents.inc({ outcome });
  }
}
