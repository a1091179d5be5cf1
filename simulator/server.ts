import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { sendJson } from './answer.js';
import { answerControl } from './control.js';
import { answerDeskCall } from './desk-call.js';
import { deskFailure } from './desk-error.js';
import { type Simulation } from './simulation.js';

const BAD_URL = 60002;

/** A listening server for this simulation. */
export async function listen(simulation: Simulation, host: string, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    // A client that disconnects in the middle of an answer is no fault of the simulator's.
    response.on('error', () => undefined);
    answer(simulation, request, response).catch((error: unknown) => {
      if (!request.destroyed) process.stderr.write(`simulator: ${String(error)}\n`);
      response.destroy();
    });
  });
  // Longer than a client keeps an idle connection, like the nginx in front of the real desk.
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}

export function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the simulator is not listening on a port');
  return address;
}

/** Ends every connection too: a hanging call would otherwise keep the server open. */
export async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}

async function answer(simulation: Simulation, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = request.url ?? '/';
  if (!URL.canParse(target, 'http://simulator')) {
    sendJson(response, deskFailure(BAD_URL));
    return;
  }
  const url = new URL(target, 'http://simulator');
  if (url.pathname.startsWith('/v4/')) await answerDeskCall(simulation, url, request, response);
  else if (/^\/simulator(\/|$)/.test(url.pathname)) await answerControl(simulation, url, request, response);
  else sendJson(response, deskFailure(BAD_URL));
}
