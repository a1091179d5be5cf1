import { randomUUID } from 'node:crypto';
import { type ServerResponse, STATUS_CODES } from 'node:http';
import { type Duplex } from 'node:stream';
import { type Logger } from 'pino';
import { type Metrics } from '../metrics/metrics.js';
import { problemDocument, ProblemError, problemHeaders } from '../problem/problem.js';
import { type Exchanges } from './exchanges.js';
import { NO_ROUTE } from './request-observer.js';

/** Statuses for Node's error codes of unreadable requests. */
const STATUSES: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/**
 * Answers on the bare socket what could not be parsed as a request: with the same problem format, then closes the
 * connection.
 */
export class UnreadableRequest {
  private readonly refused = new WeakSet<Duplex>();

  constructor(
    private readonly exchanges: Exchanges,
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {}

  answer({ code: reason = 'unknown' }: { readonly code?: string }, socket: Duplex): void {
    if (reason === 'ECONNRESET' || socket.writableFinished) {
      socket.destroy();
      return;
    }
    // What follows cannot be parsed either. While paused, it does not restart the connection's timeouts.
    socket.pause();
    if (this.refused.has(socket)) return;
    this.refused.add(socket);
    const { whole, broken } = this.exchanges.pendingOn(socket);
    afterwards(whole, () => {
      if (broken?.headersSent !== true) {
        this.refuse(socket, reason);
        return;
      }
      // The client would take a second answer to this request for the answer to the next one.
      afterwards(broken, () => {
        endSocket(socket);
      });
    });
  }

  private refuse(socket: Duplex, reason: string): void {
    if (!socket.writable) return;
    const status = STATUSES[reason] ?? 400;
    const requestId = randomUUID();
    endSocket(socket, answerText(status, requestId));
    const seen = { route: NO_ROUTE, method: NO_ROUTE, status };
    this.metrics.httpDuration.observe(seen, 0);
    this.logger.info({ ...seen, requestId, problem: 'invalid-request', reason }, 'request');
  }
}

function afterwards(response: ServerResponse | undefined, then: () => void): void {
  if (response === undefined || response.closed) then();
  else response.once('close', then);
}

/** Resumes reading when everything is sent: the socket has to notice that the other side closes. */
function endSocket(socket: Duplex, lastBytes = ''): void {
  socket.end(lastBytes, () => socket.resume());
}

function answerText(status: number, requestId: string): string {
  const detail = status === 431 ? 'The request headers are too large.' : 'The request could not be read.';
  const problem = new ProblemError('invalid-request', { status, detail });
  const body = JSON.stringify(problemDocument(problem, { instance: '/', requestId }));
  const headers = {
    ...problemHeaders(problem),
    'content-length': String(Buffer.byteLength(body)),
    'x-request-id': requestId,
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}
