import 'reflect-metadata';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Logger } from 'pino';
import { createApp } from './configure-app.js';
import { type Environment } from './environment.js';
import { EnvironmentError, readEnvironment } from './environment/read-environment.js';
import { environmentWarnings } from './environment/warnings.js';
import { Readiness } from './operations/readiness.js';
import { LOGGER } from './logging/logging.module.js';
import { Metrics } from './metrics/metrics.js';
import { stopApp } from './shutdown.js';
import { startTracing } from './tracing/start-tracing.js';
import { type StopSignals } from './stop-signals.js';

/** The backlog of connections to be accepted: a burst is served, not reset (the system may cap it). */
const BACKLOG = 4096;

export async function start(signals: StopSignals): Promise<void> {
  const environment = environmentOrExit();
  const app = await createApp(environment);
  const logger = app.get<Logger>(LOGGER);
  const { traceSpansDropped } = app.get(Metrics);
  await startTracing(environment, logger, (spans) => {
    traceSpansDropped.inc(spans);
  });
  for (const warning of environmentWarnings(environment)) logger.warn(warning);
  await signals.catchUp();
  const listening = listen(app, environment, logger);
  // From here on clients may be connected.
  signals.stopBy((signal) => {
    void listening.then(() => stopApp(app, signal, environment.shutdownTimeoutMs));
  });
  await listening;
}

function environmentOrExit(): Environment {
  try {
    return readEnvironment(process.env);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

async function listen(app: NestFastifyApplication, { host, port }: Environment, logger: Logger): Promise<void> {
  try {
    await app.listen({ port, host, backlog: BACKLOG });
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    process.stderr.write(`cannot listen on ${host}:${port}: ${reason}\n`);
    process.exit(1);
  }
  app.get(Readiness).started();
  logger.info({ url: await app.getUrl() }, 'listening');
}
