import { HttpModule, HttpService } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { Environment } from '../environment.js';
import { currentContext } from '../logging/request-context.js';
import { LOGGER } from '../logging/logging.module.js';
import { Metrics } from '../metrics/metrics.js';
import { RedisLink } from '../redis/redis-link.js';
import { type Logger } from 'pino';
import { CoolDown } from './cool-down.js';
import { Desk } from './desk.js';
import { DeskAttempt } from './desk-attempt.js';
import { DeskBreaker } from './desk-breaker.js';
import { DeskClient } from './desk-client.js';
import { connectionPool } from './connection-pool.js';
import { Gate } from './gate.js';
import { Probe } from './probe.js';
import { Quota } from './quota.js';
import { RefusalPause } from './refusal-pause.js';
import { SignatureTrial } from './signature-trial.js';
import { Turnstile } from './turnstile.js';
import { UserSig } from './user-sig.js';

const now = () => Date.now();
/** For what only lasts: does not jump when the clock of the machine is set. */
const steady = () => Math.floor(performance.now());

function createGate(environment: Environment, redis: RedisLink, metrics: Metrics): Gate {
  const { redisKeyPrefix: prefix, deskMaxRps, deskCooldownMinMs, deskCooldownMaxMs } = environment;
  const coolDown = new CoolDown(redis, prefix, { minMs: deskCooldownMinMs, maxMs: deskCooldownMaxMs }, steady);
  metrics.watchCoolDown(() => coolDown.restMs());
  return new Gate({
    quota: new Quota(redis, prefix, deskMaxRps, steady),
    coolDown,
    refusals: new RefusalPause(redis, prefix, steady),
    // Longer than the probe's own call may take, so that nobody follows it before it is over.
    probe: new Probe(redis, prefix, environment.deskAttemptTimeoutMs + 500, steady),
    random: Math.random,
  });
}

function createTurnstile(environment: Environment, gate: Gate, metrics: Metrics): Turnstile {
  return new Turnstile({
    gate,
    maxRps: environment.deskMaxRps,
    now,
    onLengthChange: (length) => {
      metrics.deskQueueLength.set(length);
    },
    onTurn: (waitedMs) => {
      metrics.deskQuotaWait.observe(waitedMs / 1000);
    },
  });
}

function createDesk(
  environment: Environment,
  http: HttpService,
  gate: Gate,
  turnstile: Turnstile,
  metrics: Metrics,
  logger: Logger,
): Desk {
  const { deskBaseUrl: baseUrl, deskSdkAppId: sdkAppId, deskIdentifier: identifier } = environment;
  const userSig = new UserSig({
    sdkAppId,
    identifier,
    secretKey: environment.deskSecretKey,
    ttlMs: environment.deskUserSigTtlMs,
    now,
    onSigned: () => {
      metrics.userSigSigned.inc();
    },
  });
  const attempt = new DeskAttempt({
    client: new DeskClient(http, { baseUrl, sdkAppId, identifier }),
    turnstile,
    gate,
    userSig,
    trial: new SignatureTrial(userSig, (isUnderWay) => {
      turnstile.holdBack(isUnderWay);
    }),
    attemptTimeoutMs: Math.min(environment.deskAttemptTimeoutMs, environment.deskDeadlineMs),
    now,
    logger,
    onCall: (code, durationMs) => {
      metrics.deskCalls.inc({ code });
      metrics.deskCallDuration.observe(durationMs / 1000);
      const context = currentContext();
      if (context !== undefined) context.deskCalls += 1;
    },
  });
  const breaker = new DeskBreaker(steady, (isOpen) => {
    metrics.deskBreakerOpen.set(isOpen ? 1 : 0);
  });
  return new Desk({
    attempt,
    breaker,
    now,
    random: Math.random,
    onAttempts: (attempts) => {
      metrics.deskAttempts.observe(attempts);
    },
  });
}

/** All that knows Tencent. */
@Module({
  imports: [HttpModule.register(connectionPool())],
  providers: [
    { provide: Gate, useFactory: createGate, inject: [Environment, RedisLink, Metrics] },
    { provide: Turnstile, useFactory: createTurnstile, inject: [Environment, Gate, Metrics] },
    { provide: Desk, useFactory: createDesk, inject: [Environment, HttpService, Gate, Turnstile, Metrics, LOGGER] },
  ],
  exports: [Desk, Turnstile],
})
export class DeskModule {}
