import { Global, Module } from '@nestjs/common';
import { type Logger } from 'pino';
import { Environment } from '../environment.js';
import { LOGGER } from '../logging/logging.module.js';
import { RedisLink } from '../redis/redis-link.js';
import { AccessControl } from './access-control.js';
import { ApiKeyAuthenticator } from './api-key-authenticator.js';
import { AddressAuthenticator, type Authenticator } from './authenticator.js';
import { CallerLimit } from './caller-limit.js';
import { DeclaredRoutes } from './declared-routes.js';
import { WebhookSignature } from './webhook-signature.js';

/** A monotonic clock, for durations. */
const steady = () => performance.now();

async function createAuthenticator(environment: Environment, logger: Logger): Promise<Authenticator> {
  const { authMode, apiKeys, jwtIssuer: issuer, jwtAudience: audience, jwtJwksUrl: jwksUrl } = environment;
  if (authMode === 'none') return new AddressAuthenticator();
  if (authMode === 'api-key') return new ApiKeyAuthenticator(apiKeys);
  if (issuer === undefined || audience === undefined || jwksUrl === undefined) {
    throw new Error('the environment was not checked');
  }
  // jose is loaded only where it is used, for a faster start.
  const { JwtAuthenticator } = await import('./jwt-authenticator.js');
  return new JwtAuthenticator({ issuer, audience, jwksUrl, now: () => Date.now(), logger });
}

function createWebhookSignature(environment: Environment): WebhookSignature {
  const { webhookTokens: tokens, webhookPathSecret: pathSecret, deskSdkAppId: sdkAppId } = environment;
  return new WebhookSignature({ tokens, pathSecret, sdkAppId, now: () => Date.now() });
}

async function createAccess(environment: Environment, redis: RedisLink, logger: Logger): Promise<AccessControl> {
  const { redisKeyPrefix, rateLimitPerMinute, metricsPublic, authMode, jwtRequiredScope } = environment;
  return new AccessControl({
    authenticator: await createAuthenticator(environment, logger),
    limit: rateLimitPerMinute > 0 ? new CallerLimit(redis, redisKeyPrefix, rateLimitPerMinute, steady) : undefined,
    requiredScope: jwtRequiredScope,
    areMetricsOpen: metricsPublic || authMode === 'none',
    webhook: createWebhookSignature(environment),
  });
}

/** Who may use a route, and how often. */
@Global()
@Module({
  providers: [
    DeclaredRoutes,
    { provide: AccessControl, useFactory: createAccess, inject: [Environment, RedisLink, LOGGER] },
  ],
  exports: [AccessControl, DeclaredRoutes],
})
export class AccessModule {}
