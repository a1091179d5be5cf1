import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Duplex } from 'node:stream';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The answer to the request before it, where that was still under way (pipelining). */
  readonly before: ServerResponse | undefined;
}

/** What a connection owes when something on it cannot be read. */
export interface Owed {
  /** The answer to the last request that was read to its end. Node keeps answers in order, so all before it go out first. */
  readonly whole: ServerResponse | undefined;
  /** The answer to a request in whose body the fault lies. */
  readonly broken: ServerResponse | undefined;
}

/** Follows the latest request of each connection and its answer: Node has no public way to ask for them. */
export class Exchanges {
  private readonly latest = new WeakMap<Duplex, Exchange>();

  follow(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const exchange = { request, response, before: openOrNone(this.latest.get(socket)?.response) };
    this.latest.set(socket, exchange);
    // An idle connection holds on to nothing; a request that was answered before its end may still turn out broken.
    response.once('close', () => {
      if (request.complete && this.latest.get(socket) === exchange) this.latest.delete(socket);
    });
  }

  owedOn(socket: Duplex): Owed {
    const { request, response, before } = this.latest.get(socket) ?? {};
    const isWhole = request?.complete !== false;
    return { whole: openOrNone(isWhole ? response : before), broken: isWhole ? undefined : response };
  }
}

function openOrNone(response: ServerResponse | undefined): ServerResponse | undefined {
  return response?.closed === false ? response : undefined;
}
