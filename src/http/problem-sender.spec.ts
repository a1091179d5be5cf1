import { get, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fastify } from 'fastify';
import { pino } from 'pino';
import { DeclaredRoutes } from '../access/declared-routes.js';
import { newRequestContext } from '../logging/request-context.js';
import { ProblemSender } from './problem-sender.js';

const sender = new ProblemSender(pino({ level: 'silent' }), new DeclaredRoutes());
/** Like the real server, it hands the router a different path than the one that was sent. */
const server = fastify({ rewriteUrl: ({ url = '/' }) => url.replace('http://host', '').replaceAll('%', '%25') });
let port: string;

beforeAll(async () => {
  server.decorateRequest('context');
  server.addHook('onRequest', (request, _reply, done) => {
    request.context = newRequestContext(request.headers);
    done(new Error('a fault'));
  });
  server.setErrorHandler((error, request, reply) => sender.send(error, request, reply));
  ({ port } = new URL(await server.listen({ port: 0, host: '127.0.0.1' })));
});
afterAll(() => server.close());

test.each([
  ['/a/%ff?x#y', '/a/%ff'],
  ['http://host/a?x', '/a'],
])('the instance of a problem at %s is the path as it was sent, without its query: %s', async (path, instance) => {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent: false }, resolve).on('error', reject);
  });
  expect(await json(response)).toMatchObject({ code: 'internal', instance });
});
