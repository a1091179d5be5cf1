import { setTimeout as sleep } from 'node:timers/promises';
import { HttpModule, HttpService } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { Environment } from '../environment.js';
import { currentContext } from '../logging/request-context.js';
import { LOGGER } from '../logging/logging.module.js';
import { Metrics } from '../metrics/metrics.js';
import { RedisLink } from '../redis/redis-link.js';
import { type Logger } from 'pino';
import { AdmissionControl } from './admission/admission.js';
import { BackgroundTurns } from './admission/background-turns.js';
import { CallQueue } from './admission/call-queue.js';
import { CircuitBreaker } from './admission/circuit-breaker.js';
import { CoolDown } from './admission/cool-down.js';
import { CredentialBackOff } from './admission/credential-back-off.js';
import { Quota } from './admission/quota.js';
import { Attempt } from './attempt.js';
import { commands } from './commands/commands.js';
import { connectionPool } from './connection-pool.js';
import { Desk } from './desk.js';
import { DeskHttpClient } from './http-client.js';
import { SharedReSigning } from './user-sig/shared-re-signing.js';
import { UserSig } from './user-sig/user-sig.js';

const now = () => Date.now();
/** A monotonic clock, for durations. */
const steady = () => Math.floor(performance.now());

function createAdmission(environment: Environment, redis: RedisLink, metrics: Metrics): AdmissionControl {
  const { redisKeyPrefix: prefix, deskMaxRps, deskCooldownMinMs: minMs, deskCooldownMaxMs: maxMs } = environment;
  const coolDownNamed = (label: string, suffix: string) => {
    const coolDown = new CoolDown({
      redis,
      key: `${prefix}:{desk}:cooldown${suffix}`,
      minMs,
      maxMs,
      halfOpenKey: `${prefix}:{desk}:probe${suffix}`,
      // Longer than an attempt may take, so that no second call is sent before the first one has ended.
      halfOpenMs: environment.deskAttemptTimeoutMs + 500,
      now: steady,
    });
    metrics.watchCoolDown(label, () => coolDown.remainingMs());
    return coolDown;
  };
  const ofCommands = new Map(commands.map(({ name }) => [name, coolDownNamed(name, `:${name}`)]));
  const ofAll = coolDownNamed('all', '');
  return new AdmissionControl({
    quota: new Quota(redis, prefix, deskMaxRps, steady),
    coolDown: ofAll,
    coolDownOf: (command) => ofCommands.get(command) ?? ofAll,
    credentials: new CredentialBackOff(redis, prefix, steady),
    random: Math.random,
  });
}

function createQueue(
  environment: Environment,
  admission: AdmissionControl,
  metrics: Metrics,
  logger: Logger,
): CallQueue {
  metrics.deskMaxRps.set(environment.deskMaxRps);
  return new CallQueue({
    admission,
    maxRps: environment.deskMaxRps,
    now,
    onLengthChange: (length) => {
      metrics.deskQueueLength.set(length);
    },
    onTurn: (waitedMs) => {
      metrics.deskQuotaWait.observe(waitedMs / 1000);
    },
    onFault: (error) => {
      logger.error({ err: error }, 'a fault of our own in the call queue');
    },
  });
}

/** Three quarters of the quota: the rest stays free for interactive calls. */
const BACKGROUND_SHARE = 0.75;

function createTurns(
  { redisKeyPrefix: prefix, deskMaxRps }: Environment,
  redis: RedisLink,
  queue: CallQueue,
  metrics: Metrics,
  logger: Logger,
): BackgroundTurns {
  const maxRps = Math.max(1, Math.floor(deskMaxRps * BACKGROUND_SHARE));
  return new BackgroundTurns({
    quota: new Quota(redis, prefix, maxRps, steady, 'background'),
    spacingMs: 1000 / maxRps,
    isBusy: () => queue.hasWaitingCalls,
    now: steady,
    onLengthChange: (length) => {
      metrics.deskBackgroundLength.set(length);
    },
    onFault: (error) => {
      logger.error({ err: error }, 'a fault of our own in the turns of background calls');
    },
  });
}

function createUserSig(environment: Environment, metrics: Metrics): UserSig {
  return new UserSig({
    sdkAppId: environment.deskSdkAppId,
    identifier: environment.deskIdentifier,
    secretKey: environment.deskSecretKey,
    ttlMs: environment.deskUserSigTtlMs,
    now,
    onSigned: () => {
      metrics.userSigSigned.inc();
    },
  });
}

function createBreaker(metrics: Metrics, logger: Logger): CircuitBreaker {
  return new CircuitBreaker(steady, (isOpen) => {
    metrics.deskBreakerOpen.set(isOpen ? 1 : 0);
    if (isOpen) logger.warn('the desk keeps failing: the breaker opens for two seconds');
  });
}

function createDesk(
  environment: Environment,
  http: HttpService,
  admission: AdmissionControl,
  queue: CallQueue,
  metrics: Metrics,
  logger: Logger,
): Desk {
  const { deskBaseUrl: baseUrl, deskSdkAppId: sdkAppId, deskIdentifier: identifier } = environment;
  const userSig = createUserSig(environment, metrics);
  const attempt = new Attempt({
    client: new DeskHttpClient(http, { baseUrl, sdkAppId, identifier }),
    queue,
    admission,
    userSig,
    reSigning: new SharedReSigning(userSig, (isUnderWay) => {
      queue.holdBack(isUnderWay);
    }),
    attemptTimeoutMs: Math.min(environment.deskAttemptTimeoutMs, environment.deskDeadlineMs),
    now,
    logger,
    onCall: (command, code, durationMs) => {
      metrics.deskCalls.inc({ command, code });
      metrics.deskCallDuration.observe({ command }, durationMs / 1000);
      const context = currentContext();
      if (context !== undefined) context.deskCalls += 1;
    },
  });
  return new Desk({
    attempt,
    breaker: createBreaker(metrics, logger),
    now,
    sleep,
    random: Math.random,
    onAttempts: (attempts) => {
      metrics.deskAttempts.observe(attempts);
    },
  });
}

/** Calls to Tencent Cloud Desk: everything about its API, its limits and its credentials. */
@Module({
  imports: [HttpModule.register(connectionPool())],
  providers: [
    { provide: AdmissionControl, useFactory: createAdmission, inject: [Environment, RedisLink, Metrics] },
    { provide: CallQueue, useFactory: createQueue, inject: [Environment, AdmissionControl, Metrics, LOGGER] },
    {
      provide: BackgroundTurns,
      useFactory: createTurns,
      inject: [Environment, RedisLink, CallQueue, Metrics, LOGGER],
    },
    {
      provide: Desk,
      useFactory: createDesk,
      inject: [Environment, HttpService, AdmissionControl, CallQueue, Metrics, LOGGER],
    },
  ],
  exports: [Desk, CallQueue, BackgroundTurns],
})
export class DeskModule {}
