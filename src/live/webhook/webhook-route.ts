import { type FastifyInstance } from 'fastify';
import { type Metrics } from '../../metrics/metrics.js';

const MAX_BODY_BYTES = 65_536;

/** What the webhook's routes have of their own in the server. */
export function setUpWebhook(fastify: FastifyInstance, metrics: Metrics): void {
  fastify.addHook('onRoute', (route) => {
    if (route.config?.access !== 'desk') return;
    route.bodyLimit = MAX_BODY_BYTES;
    route.preParsing = ({ raw }, _reply, payload, done) => {
      // It is JSON or refused as none, whatever it calls itself.
      delete raw.headers['content-type'];
      done(null, payload);
    };
    route.onResponse = (_request, { statusCode }, done) => {
      if (statusCode >= 400) metrics.webhookEvents.inc({ outcome: 'refused' });
      done();
    };
  });
}
