import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Duplex } from 'node:stream';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The answer to the previous request, if it is still being sent (pipelining). */
  readonly before: ServerResponse | undefined;
}

/** Answers that are still being sent on a connection when something on it cannot be parsed. */
interface PendingAnswers {
  /**
   * The answer to the last request that was read completely. Node keeps answers in order, so all earlier ones are sent
   * first.
   */
  readonly whole: ServerResponse | undefined;
  /** The answer to a request whose body is malformed. */
  readonly broken: ServerResponse | undefined;
}

/** Tracks the requests of each connection and their answers: Node has no public way to ask for them. */
export class Exchanges {
  private readonly connections = new Map<Duplex, Set<ServerResponse>>();
  private readonly latest = new WeakMap<Duplex, Exchange>();

  /** Connections on which no request is under way; part of one may have come. */
  get idle(): readonly Duplex[] {
    return [...this.connections.keys()].filter((socket) => openOrNone(this.latest.get(socket)?.response) === undefined);
  }

  connected(socket: Duplex): void {
    this.connections.set(socket, new Set());
    socket.once('close', () => {
      const answers = this.connections.get(socket) ?? [];
      this.connections.delete(socket);
      for (const response of answers) closeQueued(response);
    });
  }

  follow(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const exchange = { request, response, before: openOrNone(this.latest.get(socket)?.response) };
    this.latest.set(socket, exchange);
    const answers = this.connections.get(socket)?.add(response);
    // An idle connection holds no reference; a request that was answered before its end may still turn out malformed.
    response.once('close', () => {
      answers?.delete(response);
      if (request.complete && this.latest.get(socket) === exchange) this.latest.delete(socket);
    });
  }

  pendingOn(socket: Duplex): PendingAnswers {
    const { request, response, before } = this.latest.get(socket) ?? {};
    const isWhole = request?.complete !== false;
    return { whole: openOrNone(isWhole ? response : before), broken: isWhole ? undefined : response };
  }
}

/**
 * A pipelined answer whose turn has not come has no socket, and Node does not close it when the connection ends. Whoever
 * makes it has to learn that its client is gone.
 */
function closeQueued(response: ServerResponse): void {
  if (response.socket !== null || response.writableFinished) return;
  response.destroy();
  response.emit('close');
}

function openOrNone(response: ServerResponse | undefined): ServerResponse | undefined {
  return response?.closed === false ? response : undefined;
}
