import { type FastifyInstance } from 'fastify';
import { type Metrics } from '../../metrics/metrics.js';

const MAX_BODY_BYTES = 65_536;

/** The server options of the webhook's routes. */
export function setUpWebhook(fastify: FastifyInstance, metrics: Metrics): void {
  fastify.addHook('onRoute', (route) => {
    if (route.config?.access !== 'desk') return;
    route.bodyLimit = MAX_BODY_BYTES;
    route.preParsing = ({ raw }, _reply, payload, done) => {
      // The body is parsed as JSON whatever its Content-Type.
      delete raw.headers['content-type'];
      done(null, payload);
    };
    route.onResponse = (_request, { statusCode }, done) => {
      if (statusCode >= 400) metrics.webhookEvents.inc({ outcome: 'refused' });
      done();
    };
  });
}
