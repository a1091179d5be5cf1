import { describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { type Access } from './access.js';
import { DeclaredRoutes } from './declared-routes.js';

const nothing = () => '';

function server(open = /^\/docs/) {
  const routes = new DeclaredRoutes();
  const app = fastify();
  routes.collect(app, open);
  return { app, routes };
}

function declare(app: FastifyInstance, url: string, access: Access, method = 'GET'): void {
  app.route({ method, url, config: { access }, handler: nothing });
}

describe('A route without a declaration', () => {
  it('prevents the start, and is named', () => {
    const { app } = server();
    expect(() => app.get('/forgotten/:id', nothing)).toThrow(
      'the route /forgotten/:id does not declare who may use it',
    );
  });

  it('is public if it belongs to a library that cannot declare anything', () => {
    const { app, routes } = server();
    app.get('/docs/ui', nothing);
    expect(routes.accessOf('/docs/ui')).toBe('anybody');
  });
});

describe('The declared routes', () => {
  it('say who may learn that a path is unknown: whoever may use its neighbours', () => {
    const { app, routes } = server();
    declare(app, '/sessions/:id/messages', 'callers');
    declare(app, '/metrics', 'scraper');
    declare(app, '/health/ready', 'anybody');
    expect(routes.accessOf('/sessions/a/forgotten')).toBe('callers');
    expect(routes.accessOf('/sessions')).toBe('callers');
    expect(routes.accessOf('/%73essions/a')).toBe('callers');
    expect(routes.accessOf('/metrics/more')).toBe('scraper');
    expect(routes.accessOf('/health/other')).toBe('anybody');
    expect(routes.accessOf('/elsewhere')).toBe('anybody');
    expect(routes.accessOf('/')).toBe('anybody');
  });

  it('tell the methods of a path, also of a percent-encoded one', () => {
    const { app, routes } = server();
    declare(app, '/sessions/:id/messages', 'callers');
    declare(app, '/sessions/:id/messages', 'callers', 'POST');
    expect(routes.methodsOf('/sessions/a/messages')?.toSorted()).toEqual(['GET', 'HEAD', 'POST']);
    expect(routes.methodsOf('/%73essions/a%2Fb/messages')?.toSorted()).toEqual(['GET', 'HEAD', 'POST']);
    expect(routes.templateOf('/sessions/a%2Fb/messages')).toBe('/sessions/:id/messages');
    expect(routes.methodsOf('/sessions/a/b/messages')).toBeUndefined();
    expect(routes.methodsOf('/sessions/a/messages/more')).toBeUndefined();
  });
});
