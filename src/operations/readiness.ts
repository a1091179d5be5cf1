import { type RedisLink } from '../redis/redis-link.js';
import { version } from '../version.js';

export interface ReadinessReport {
  readonly status: 'ok' | 'degraded' | 'starting' | 'stopping';
  readonly checks: { readonly redis: 'up' | 'down' | 'off' };
  readonly version: string;
}

/** Whether requests should be sent here. Without Redis the service is slower, but still ready. */
export class Readiness {
  private phase: 'starting' | 'ready' | 'stopping' = 'starting';

  constructor(private readonly redis: RedisLink) {}

  started(): void {
    if (this.phase === 'starting') this.phase = 'ready';
  }

  stopping(): void {
    this.phase = 'stopping';
  }

  get isReady(): boolean {
    return this.phase === 'ready';
  }

  get isStopping(): boolean {
    return this.phase === 'stopping';
  }

  report(): ReadinessReport {
    const redis = this.redis.state;
    const status = this.phase === 'ready' ? (redis === 'down' ? 'degraded' : 'ok') : this.phase;
    return { status, checks: { redis }, version };
  }
}
