import { createServer } from 'node:http';

/** The answer that a reference server repeats, from its environment. A 304 has no body. */
export function answerOf({ STATUS, HEADERS, BODY }) {
  return { status: Number(STATUS), headers: JSON.parse(HEADERS), body: BODY ? Buffer.from(BODY, 'base64') : undefined };
}

/** Listens on a free port and prints its address, as the service does. */
export function listen(listener) {
  const server = createServer(listener);
  server.keepAliveTimeout = 72_000;
  server.listen(0, '127.0.0.1', () => announce(`http://127.0.0.1:${server.address().port}`));
}

export function announce(url) {
  process.stdout.write(`${JSON.stringify({ url, msg: 'listening' })}\n`);
}
