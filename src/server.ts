import { type RequestListener, type Server } from 'node:http';
import { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { MAX_TIMER_MS } from './clock.js';
import { type Environment } from './environment.js';
import { type Exchanges } from './http/exchanges.js';
import { type FastPath } from './http/fast-path.js';
import { MAX_BODY_BYTES } from './http/request-checks.js';
import { readableTarget } from './http/request-target.js';
import { type UnreadableRequest } from './http/unreadable-request.js';

/** Slow clients get this long for their headers, and for the whole request; nothing here is uploaded. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
/** How often these two timeouts are checked. With Node's 30 s, the 10 s could become 40. */
const TIMEOUT_CHECK_MS = 1000;
/** Longer than the idle time of the usual load balancers, so that they close first and no request is lost. */
const KEEP_ALIVE_MS = 72_000;
/** A connection without any traffic for this long, beyond what an answer may take, is closed: its client is gone. */
const STALLED_MS = 20_000;
const MAX_HEADER_BYTES = 16_384;

type ClientErrorHandler = NonNullable<FastifyServerOptions['clientErrorHandler']>;

/** How the server under the app treats connections. */
export function serverOptions({ deskDeadlineMs }: Environment, clientErrorHandler: ClientErrorHandler) {
  return {
    routerOptions: {
      // No limit of the router's own: an id that is too long has to reach our check, which names the fault.
      maxParamLength: MAX_HEADER_BYTES,
      // Nothing is parsed before authentication: the resource parses the query itself, and reports its faults.
      querystringParser: () => ({}),
    },
    rewriteUrl: ({ url = '/' }: { readonly url?: string | undefined }) => readableTarget(url),
    bodyLimit: MAX_BODY_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: Math.min(deskDeadlineMs + STALLED_MS, MAX_TIMER_MS),
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      // Both are refused later, by our own rules and as problems: a missing Host, and duplicate headers.
      requireHostHeader: false,
      joinDuplicateHeaders: true,
    },
    forceCloseConnections: 'idle' as const,
    // While the service stops, requests on open connections get a problem from the usual checks instead of a bare 503.
    return503OnClosing: false,
    clientErrorHandler,
  };
}

/**
 * Puts the fast path before Fastify's listener. Not by a server of our own (`serverFactory`): Fastify would then listen
 * on the first address of `localhost` only.
 */
export function listenFirst(fastify: FastifyInstance, fastPath: FastPath): void {
  const ofFastify: RequestListener = (request, response) => {
    fastify.routing(request, response);
  };
  fastify.server.removeAllListeners('request').on('request', (request, response) => {
    fastPath.serve(request, response, ofFastify);
  });
}

export function trackExchanges(server: Server, exchanges: Exchanges): void {
  server.on('connection', (socket) => {
    exchanges.connected(socket);
  });
  server.on('request', (request, response) => {
    exchanges.follow(request, response);
  });
}

/** Expect is checked with the other headers: Node would answer an unknown one with a bare status line. */
export function answerExpectations(server: Server): void {
  server.on('checkContinue', (request, response) => {
    // No 100 for a request that waits behind another one: Node would write it into the middle of that answer.
    if (response.socket !== null) response.writeContinue();
    server.emit('request', request, response);
  });
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

/** CONNECT gets a problem like everything else: Node would close its connection silently. */
export function refuseConnect(server: Server, unreadable: UnreadableRequest): void {
  server.on('connect', (_request, socket) => {
    const destroy = () => {
      socket.destroy();
    };
    // Node has released this socket: a reset without a listener would end the process, and no timeout runs any more.
    const stalled = setTimeout(destroy, server.timeout);
    socket.on('error', destroy).on('finish', destroy);
    socket.once('close', () => {
      clearTimeout(stalled);
    });
    unreadable.answer({ code: 'CONNECT' }, socket);
  });
}
