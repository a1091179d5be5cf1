// The stack most people build: Nest on Express, a DTO under ValidationPipe, CacheInterceptor with @keyv/redis in front
// of the handler, HttpService with a keep-alive agent behind it, a guard for the API key. It has the service's own
// mapping of messages, so that it sends the same body. It writes no access log, no metrics and no security headers, so
// it does less work.
import 'reflect-metadata';
import { createHash, timingSafeEqual } from 'node:crypto';
import { Agent } from 'node:http';
import { CacheInterceptor, CacheModule } from '@nestjs/cache-manager';
import { Controller, Get, Module, Param, Query, UseGuards, UseInterceptors, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HttpModule, HttpService } from '@nestjs/axios';
import { ExpressAdapter } from '@nestjs/platform-express';
import KeyvRedis from '@keyv/redis';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { toMessage } from '../../build/content/message.js';
import { announce } from './answer.mjs';
import { decorate, decorateMethod, decorateProperty, inject } from './decorate.mjs';

const { REDIS_URL, DESK_CALL_URL, API_KEY_SHA256 } = process.env;
const TTL_MS = 3_600_000;

class MessagesQuery {
  limit = 20;
  offset = 0;
  order = 'desc';
}
const number = () => Type(() => Number);
decorateProperty(MessagesQuery, 'limit', [IsOptional(), number(), IsInt(), Min(1), Max(100)]);
decorateProperty(MessagesQuery, 'offset', [IsOptional(), number(), IsInt(), Min(0), Max(2147483647)]);
decorateProperty(MessagesQuery, 'order', [IsOptional(), IsIn(['asc', 'desc'])]);

class ApiKeyGuard {
  expected = Buffer.from(API_KEY_SHA256, 'hex');

  canActivate(context) {
    const key = context.switchToHttp().getRequest().headers['x-api-key'];
    return key !== undefined && timingSafeEqual(createHash('sha256').update(key).digest(), this.expected);
  }
}

class MessagesController {
  constructor(http) {
    this.http = http;
  }

  async messages(sessionId, { limit, offset, order }) {
    const question = { SessionId: sessionId, Limit: limit, Offset: offset, Order: order === 'asc' ? 1 : 2 };
    const { data } = await this.http.axiosRef.post(DESK_CALL_URL, question);
    const total = data.TotalCount;
    const next = offset + limit < total ? offset + limit : null;
    return {
      sessionId,
      messages: data.Messages.map((message, i) => ({
        position: order === 'asc' ? offset + i : total - 1 - offset - i,
        ...toMessage(known(message)),
      })),
      page: { limit, offset, order, total, nextOffset: next },
    };
  }
}
inject(MessagesController, HttpService);
decorateMethod(
  MessagesController,
  'messages',
  [Get(':sessionId/messages'), UseGuards(ApiKeyGuard), UseInterceptors(CacheInterceptor)],
  [Param('sessionId'), Query()],
  [String, MessagesQuery],
);
decorate(MessagesController, [Controller('sessions')]);

// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- it has its decorator below
class AppModule {}
decorate(AppModule, [
  Module({
    imports: [
      HttpModule.register({ httpAgent: new Agent({ keepAlive: true, maxSockets: 100 }) }),
      CacheModule.registerAsync({ useFactory: () => ({ stores: [new KeyvRedis(REDIS_URL)], ttl: TTL_MS }) }),
    ],
    controllers: [MessagesController],
  }),
]);

function known({ FromAccount, FromAccountRole, Timestamp, MsgBody }) {
  return { fromAccount: FromAccount, fromAccountRole: FromAccountRole, timestamp: Timestamp, msgBody: MsgBody };
}

const app = await NestFactory.create(AppModule, new ExpressAdapter(), { logger: false });
app.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true, forbidNonWhitelisted: true }));
await app.listen(0, '127.0.0.1');
announce(await app.getUrl());
