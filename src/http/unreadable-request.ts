import { randomUUID } from 'node:crypto';
import { type ServerResponse, STATUS_CODES } from 'node:http';
import { type Duplex } from 'node:stream';
import { type Logger } from 'pino';
import { Exchanges } from './exchanges.js';
import { NO_ROUTE } from './request-hooks.js';
import { type Metrics } from '../metrics/metrics.js';
import { problemDocument, ProblemError, problemHeaders } from '../problem/problem.js';

/** Node's word for what it could not read, as a status. */
const STATUSES: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** Answers what never became a request, on the bare socket: the same problem format, and the connection closed. */
export class UnreadableRequest {
  readonly exchanges = new Exchanges();
  private readonly refused = new WeakSet<Duplex>();

  constructor(
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {}

  answer({ code: reason = 'unknown' }: { readonly code?: string }, socket: Duplex): void {
    if (reason === 'ECONNRESET' || socket.writableFinished) {
      socket.destroy();
      return;
    }
    // What still comes cannot be read either. Unread it keeps no time-out of the connection from running.
    socket.pause();
    if (this.refused.has(socket)) return;
    this.refused.add(socket);
    const { whole, broken } = this.exchanges.owedOn(socket);
    afterwards(whole, () => {
      if (broken?.headersSent !== true) {
        this.refuse(socket, reason);
        return;
      }
      // A second answer to one request would be taken for the answer to another.
      afterwards(broken, () => {
        endOf(socket);
      });
    });
  }

  private refuse(socket: Duplex, reason: string): void {
    if (!socket.writable) return;
    const status = STATUSES[reason] ?? 400;
    const requestId = randomUUID();
    endOf(socket, answerText(status, requestId));
    const seen = { route: NO_ROUTE, method: NO_ROUTE, status };
    this.metrics.httpDuration.observe(seen, 0);
    this.logger.info({ ...seen, requestId, problem: 'invalid-request', reason }, 'request');
  }
}

function afterwards(response: ServerResponse | undefined, then: () => void): void {
  if (response === undefined || response.closed) then();
  else response.once('close', then);
}

/** Reads on only once all is sent, to hear of the other side's end. */
function endOf(socket: Duplex, lastWords = ''): void {
  socket.end(lastWords, () => socket.resume());
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
