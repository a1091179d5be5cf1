// Nest on Fastify with one route: the part of a start that is not ours.
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { announce } from './answer.mjs';
import { decorate, decorateMethod } from './decorate.mjs';

class HealthController {
  ready() {
    return { status: 'ok' };
  }
}
decorateMethod(HealthController, 'ready', [Get('health/ready')]);
decorate(HealthController, [Controller()]);

// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- it has its decorator below
class AppModule {}
decorate(AppModule, [Module({ controllers: [HealthController] })]);

const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false });
await app.listen(0, '127.0.0.1');
announce(await app.getUrl());
