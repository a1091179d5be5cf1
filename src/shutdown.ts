import { type Server } from 'node:http';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Logger } from 'pino';
import { Turnstile } from './desk/turnstile.js';
import { Readiness } from './health/readiness.js';

const IDLE_CHECK_MS = 50;
/** Connections that are cut off are heard of a few turns of the event loop later. */
const LAST_LINES_MS = 50;

/** SIGTERM or SIGINT: not ready any more, no new connections, what is in flight answered, Redis closed, exit 0. */
export function stopOnSignals(app: NestFastifyApplication, logger: Logger, timeoutMs: number): void {
  const server: Server = app.getHttpServer();
  const stop = (signal: string) => {
    logger.info({ signal }, 'stopping');
    app.get(Readiness).stopping();
    // A desk that hangs must not keep the process: whoever still waits when the time is up is cut off.
    setTimeout(() => {
      logger.warn('stopped with requests still under way');
      server.closeAllConnections();
      finish(logger);
    }, timeoutMs).unref();
    app.get(Turnstile).close();
    closeWhatFallsIdle(server);
    app.close().then(
      () => {
        finish(logger);
      },
      (error: unknown) => {
        logger.error({ err: error }, 'stopping failed');
        finish(logger);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

/** Node closes the connections that are idle when a server closes, and leaves those that become so to their timeout. */
function closeWhatFallsIdle(server: Server): void {
  setInterval(() => {
    server.closeIdleConnections();
  }, IDLE_CHECK_MS).unref();
}

/** The log is written behind the requests, those that were cut off included; nothing of it may be lost. */
function finish(logger: Logger): void {
  setTimeout(() => {
    logger.flush(() => process.exit(0));
  }, LAST_LINES_MS);
}
