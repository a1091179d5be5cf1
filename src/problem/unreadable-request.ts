import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { type Duplex } from 'node:stream';
import { type Logger } from 'pino';
import { NO_ROUTE } from '../logging/request-hooks.js';
import { type Metrics } from '../metrics/metrics.js';
import { problemDocument, ProblemError, problemHeaders } from './problem.js';

/** Node's word for what it could not read, as a status. */
const STATUSES: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** Answers what never became a request, on the bare socket: the same problem format, and the connection closed. */
export class UnreadableRequest {
  constructor(
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {}

  answer({ code: reason = 'unknown' }: { readonly code?: string }, socket: Duplex): void {
    if (!socket.writable || reason === 'ECONNRESET' || isBeingAnswered(socket)) {
      socket.destroy();
      return;
    }
    const status = STATUSES[reason] ?? 400;
    const requestId = randomUUID();
    socket.end(answerText(status, requestId));
    const seen = { route: NO_ROUTE, method: NO_ROUTE, status };
    this.metrics.httpDuration.observe(seen, 0);
    this.logger.info({ ...seen, requestId, problem: 'invalid-request', reason }, 'request');
  }
}

/** Whether an answer to an earlier request is on its way there: a second one in its midst would be read as its body. */
function isBeingAnswered(socket: Duplex): boolean {
  const answer: unknown = '_httpMessage' in socket ? socket._httpMessage : undefined;
  return typeof answer === 'object' && answer !== null && 'headersSent' in answer && answer.headersSent === true;
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
