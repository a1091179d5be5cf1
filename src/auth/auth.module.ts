import { Module } from '@nestjs/common';
import { type Logger } from 'pino';
import { Environment } from '../environment.js';
import { LOGGER } from '../logging/logging.module.js';
import { RedisLink } from '../redis/redis-link.js';
import { ApiKeys } from './api-keys.js';
import { Authenticator } from './authenticator.js';
import { CallerLimit } from './caller-limit.js';
import { SocketAddress } from './socket-address.js';

async function createAuthenticator(environment: Environment, logger: Logger): Promise<Authenticator> {
  const { authMode, apiKeys, jwtIssuer: issuer, jwtAudience: audience, jwtJwksUrl: jwksUrl } = environment;
  if (authMode === 'none') return new SocketAddress();
  if (authMode === 'api-key') return new ApiKeys(apiKeys);
  if (issuer === undefined || audience === undefined || jwksUrl === undefined) {
    throw new Error('the environment was not checked');
  }
  // jose is loaded where it is used: the others start sooner.
  const { JsonWebTokens } = await import('./json-web-tokens.js');
  return new JsonWebTokens({ issuer, audience, jwksUrl, now: () => Date.now(), logger });
}

function createLimit({ redisKeyPrefix, rateLimitPerMinute }: Environment, redis: RedisLink): CallerLimit {
  return new CallerLimit(redis, redisKeyPrefix, rateLimitPerMinute);
}

/** Who may read, and how often. */
@Module({
  providers: [
    { provide: Authenticator, useFactory: createAuthenticator, inject: [Environment, LOGGER] },
    { provide: CallerLimit, useFactory: createLimit, inject: [Environment, RedisLink] },
  ],
  exports: [Authenticator, CallerLimit],
})
export class AuthModule {}
