import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const HTTP_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Every metric of the service. The names are an interface (docs/operate.md, "Metrics"); labels are closed sets, never sessions. */
export class Metrics {
  readonly registry = new Registry();
  private readonly registers = [this.registry];
  private readonly coolDowns = new Map<string, () => number>();

  readonly httpDuration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the parsed headers of a request to the last byte of its answer; for a file or a stream, to its first byte',
    labelNames: ['route', 'method', 'status'],
    buckets: HTTP_BUCKETS,
    registers: this.registers,
  });
  readonly cacheRequests = new Counter({
    name: 'cache_requests_total',
    help: 'Reads of a cached resource by outcome and by the level that answered',
    labelNames: ['resource', 'outcome', 'level'],
    registers: this.registers,
  });
  readonly deskCalls = new Counter({
    name: 'desk_calls_total',
    help: 'Attempts at the desk by command and ErrorCode, or timeout, network, broken',
    labelNames: ['command', 'code'],
    registers: this.registers,
  });
  readonly deskCallDuration = new Histogram({
    name: 'desk_call_duration_seconds',
    help: 'Duration of one attempt at the desk, its whole body included',
    labelNames: ['command'],
    buckets: HTTP_BUCKETS,
    registers: this.registers,
  });
  readonly deskAttempts = new Histogram({
    name: 'desk_attempts_per_request',
    help: 'Attempts needed for one answer from the desk',
    buckets: [1, 2, 3],
    registers: this.registers,
  });
  readonly deskQuotaWait = new Histogram({
    name: 'desk_quota_wait_seconds',
    help: 'Time a call waited in the queue: for the quota, a cool-down or a connection',
    buckets: HTTP_BUCKETS,
    registers: this.registers,
  });
  readonly deskBreakerOpen = new Gauge({
    name: 'desk_breaker_open',
    help: '1 while the circuit breaker of this replica is open, so that it does not call the desk',
    registers: this.registers,
  });
  readonly deskQueueLength = new Gauge({
    name: 'desk_queue_length',
    help: 'Calls that wait in the queue of this replica, background calls that had their turn included',
    registers: this.registers,
  });
  readonly deskBackgroundLength = new Gauge({
    name: 'desk_background_waiting',
    help: 'Background calls that wait for their turn in this replica; they are not in desk_queue_length',
    registers: this.registers,
  });
  readonly streamsOpen = new Gauge({
    name: 'streams_open',
    help: 'Streams that are open at this replica',
    registers: this.registers,
  });
  readonly streamsMax = new Gauge({
    name: 'streams_max',
    help: 'Streams that may be open at this replica (STREAM_MAX)',
    registers: this.registers,
  });
  readonly streamsEnded = new Counter({
    name: 'streams_ended_total',
    help: 'Streams that ended: left, slow, expired, stopped, gone, failed',
    labelNames: ['reason'],
    registers: this.registers,
  });
  readonly sessionsWatched = new Gauge({
    name: 'sessions_watched',
    help: 'Sessions that this replica polls for open streams',
    registers: this.registers,
  });
  readonly deskMaxRps = new Gauge({
    name: 'desk_max_rps',
    help: 'DESK_MAX_RPS: calls to the desk in any second, of all replicas together',
    registers: this.registers,
  });
  readonly userSigSigned = new Counter({
    name: 'user_sig_signed_total',
    help: 'UserSigs signed',
    registers: this.registers,
  });
  readonly contradictions = new Counter({
    name: 'transcript_contradictions_total',
    help: 'Sessions whose answers contradicted the model of a log that grows at its end',
    registers: this.registers,
  });
  readonly webhookEvents = new Counter({
    name: 'webhook_events_total',
    help: 'Webhooks of the desk: accepted, duplicate, ignored (of another kind) or refused',
    labelNames: ['outcome'],
    registers: this.registers,
  });
  readonly redisUp = new Gauge({
    name: 'redis_up',
    help: '1 while Redis is used, 0 while it is unavailable or not configured',
    registers: this.registers,
  });
  readonly logLinesDropped = new Counter({
    name: 'log_lines_dropped_total',
    help: 'Log lines dropped because their reader is too slow or gone',
    registers: this.registers,
  });
  readonly traceSpansDropped = new Counter({
    name: 'trace_spans_dropped_total',
    help: 'Spans dropped because the receiver of traces was unavailable, slow, or refused them',
    registers: this.registers,
  });
  /** redis_up is 0 without REDIS_URL too; this tells whether that is a fault. */
  readonly redisConfigured = new Gauge({
    name: 'redis_configured',
    help: '1 if REDIS_URL is set: only then is redis_up 0 a fault',
    registers: this.registers,
  });

  constructor(version: string) {
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'build_info',
      help: 'Constant 1, labelled with the running version',
      labelNames: ['version'],
      registers: this.registers,
    }).set({ version }, 1);
    const { coolDowns } = this;
    new Gauge({
      name: 'desk_cooldown_seconds',
      help: 'Seconds until a command, or `all`, may be called again after a rate-limit answer; 0 when it may now',
      labelNames: ['command'],
      registers: this.registers,
      collect() {
        for (const [command, remainingMs] of coolDowns) this.set({ command }, remainingMs() / 1000);
      },
    });
    this.contradictions.inc(0);
    this.userSigSigned.inc(0);
    for (const outcome of ['accepted', 'duplicate', 'ignored', 'refused']) this.webhookEvents.inc({ outcome }, 0);
  }

  /** Read at each scrape. `command` is `all` for the cool-down of all commands. */
  watchCoolDown(command: string, remainingMs: () => number): void {
    this.coolDowns.set(command, remainingMs);
  }
}
