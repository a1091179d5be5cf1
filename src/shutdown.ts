import { type Server } from 'node:http';
import { type Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Logger } from 'pino';
import { BackgroundTurns } from './desk/admission/background-turns.js';
import { CallQueue } from './desk/admission/call-queue.js';
import { Exchanges } from './http/exchanges.js';
import { Readiness } from './operations/readiness.js';
import { LogDestination } from './logging/log-destination.js';
import { LOGGER } from './logging/logging.module.js';
import { within } from './clock.js';
import { stopTracing } from './tracing/start-tracing.js';

const IDLE_CHECK_MS = 50;
/** The end of closed connections is reported a few turns of the event loop later. */
const LAST_LINES_MS = 50;
/** The part of SHUTDOWN_TIMEOUT_MS that is kept for the log and for Node's own end. */
const LOG_MS = 100;
const EXIT_MS = 100;

/** Not ready any more, no new connections, what is in flight answered, Redis closed, the log written, exit 0. */
export async function stopApp(app: NestFastifyApplication, signal: NodeJS.Signals, timeoutMs: number): Promise<never> {
  const logger = app.get<Logger>(LOGGER);
  const endsAt = performance.now() + timeoutMs - EXIT_MS;
  logger.info({ signal }, 'stopping');
  app.get(Readiness).stopping();
  app.get(BackgroundTurns).close();
  app.get(CallQueue).close();
  const cutOffMs = Math.max(timeoutMs - LAST_LINES_MS - LOG_MS - EXIT_MS, 0);
  const closing = await within(close(app, logger), cutOffMs);
  if (closing === 'late') cutOff(app, logger);
  // The log is closed after the requests, so that nothing of it is lost, also of those that were cut off.
  await sleep(LAST_LINES_MS);
  await stopTracing(Math.max(endsAt - LOG_MS - performance.now(), 0));
  await app.get(LogDestination).end(Math.max(endsAt - performance.now(), LOG_MS));
  process.exit(0);
}

async function close(app: NestFastifyApplication, logger: Logger): Promise<void> {
  closeIdleConnections(app.getHttpServer(), app.get(Exchanges));
  try {
    await app.close();
  } catch (error) {
    logger.error({ err: error }, 'stopping failed');
  }
}

/**
 * When a server closes, Node closes only the connections that are idle at that moment. Those that become idle later would
 * wait for their timeout, and one that sent nothing, or half a request, counts as active. Such a connection is closed if
 * two checks in a row find it idle: at the first one, a request may be on its way.
 */
function closeIdleConnections(server: Server, exchanges: Exchanges): void {
  let before: ReadonlySet<Duplex> = new Set();
  setInterval(() => {
    server.closeIdleConnections();
    const { idle } = exchanges;
    for (const socket of idle) if (before.has(socket)) socket.destroy();
    before = new Set(idle);
  }, IDLE_CHECK_MS).unref();
}

/** A desk that hangs must not keep the process alive: requests that still wait when the time is up are cut off. */
function cutOff(app: NestFastifyApplication, logger: Logger): void {
  logger.warn('stopped with requests still under way');
  const server: Server = app.getHttpServer();
  server.closeAllConnections();
}
