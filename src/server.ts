import { createServer, type RequestListener, type Server } from 'node:http';
import { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { type Environment } from './environment.js';
import { readableTarget } from './problem/request-target.js';
import { type UnreadableRequest } from './problem/unreadable-request.js';

/** Slow clients get this long for their headers, and for the whole request; nothing here is uploaded. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
/** How often the two are looked after. Node's 30 s would make 40 s of those 10. */
const TIMEOUT_CHECK_MS = 1000;
/** Longer than the idle time of the usual load balancers, so that they close first and no request is lost. */
const KEEP_ALIVE_MS = 72_000;
/** A connection on which nothing moves for this long, beyond what an answer may take, is cut: its reader is gone. */
const STALLED_MS = 20_000;
const MAX_TIMER_MS = 2 ** 31 - 1;
const MAX_HEADER_BYTES = 16_384;
const MAX_BODY_BYTES = 16_384;

type ClientErrorHandler = NonNullable<FastifyServerOptions['clientErrorHandler']>;

/**
 * How the server under the app treats connections, good and bad.
 *
 * @param listener makes what listens to the server's requests out of what Fastify would listen with
 */
export function serverOptions(
  { deskDeadlineMs }: Environment,
  listener: (ofFastify: RequestListener) => RequestListener,
  clientErrorHandler: ClientErrorHandler,
) {
  const stalledMs = Math.min(deskDeadlineMs + STALLED_MS, MAX_TIMER_MS);
  return {
    serverFactory: (ofFastify: RequestListener) => createHttpServer(listener(ofFastify), stalledMs),
    routerOptions: {
      // The longest id, percent-encoded, has to reach the check that says what is wrong with a longer one.
      maxParamLength: MAX_HEADER_BYTES,
    },
    rewriteUrl: ({ url = '/' }: { readonly url?: string | undefined }) => readableTarget(url),
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: 'idle' as const,
    // What still arrives on a connection that is in use is refused by the rules of all requests, and as a problem.
    return503OnClosing: false,
    clientErrorHandler,
  };
}

function createHttpServer(listener: RequestListener, stalledMs: number): Server {
  const options = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    // Both are refused later, by rules of our own and as problems: Host missing, and what is given twice.
    requireHostHeader: false,
    joinDuplicateHeaders: true,
  };
  return createServer(options, listener).setTimeout(stalledMs);
}

/** Nothing here takes a body, so none is parsed: a broken one is no other fault than the method it came with. */
export function ignoreBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => {
    done(null);
  });
}

/** What Node would end by itself, without a word or with a bare status line, gets an answer like everything else. */
export function answerAll({ server }: FastifyInstance, unreadable: UnreadableRequest): void {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.on('connect', (_request, socket) => {
    unreadable.answer({ code: 'CONNECT' }, socket);
  });
}
