import helmet from '@fastify/helmet';
import { fastify, type FastifyInstance } from 'fastify';
import { type OutgoingHttpHeaders } from 'node:http';

/** A CSP that Swagger UI lives with: everything from here, and the styles it writes into its elements. */
const OPTIONS = {
  contentSecurityPolicy: {
    directives: {
      defaultSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      frameAncestors: ["'none'"],
      upgradeInsecureRequests: null,
    },
  },
  frameguard: { action: 'deny' as const },
  // Whoever terminates TLS knows whether the whole host speaks it.
  strictTransportSecurity: false,
};

/**
 * Helmet's headers on every answer. They are always the same, and its plug-in works them out anew for each request, in two
 * hooks and a promise: so it is asked once, on a server of its own.
 */
export async function secureHeaders(app: FastifyInstance): Promise<void> {
  const headers = await helmetHeaders();
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(headers);
    done();
  });
}

async function helmetHeaders(): Promise<OutgoingHttpHeaders> {
  let headers: OutgoingHttpHeaders = {};
  const server = fastify();
  await server.register(helmet, OPTIONS);
  server.get('/', (_request, reply) => {
    headers = { ...reply.raw.getHeaders() };
    return '';
  });
  await server.inject('/');
  await server.close();
  return headers;
}
