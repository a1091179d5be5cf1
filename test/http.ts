import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { expectDocumented } from './documented-answer.js';
import { type Service } from './service.js';

/** An answer as received: nothing decompressed, no header renamed. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
  readonly json: () => unknown;
}

/**
 * Sends a request on its own connection, without fetch's normalised path and decompression. Fails if the answer is not
 * as the API document says.
 */
export async function ask(
  service: Pick<Service, 'url'>,
  path: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(service.url);
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, path, method, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString();
        const { statusCode = 0, headers: received } = incoming;
        try {
          if (received['content-encoding'] === undefined)
            expectDocumented({ method, path, status: statusCode, contentType: received['content-type'] }, text);
        } catch (error) {
          reject(error instanceof Error ? error : new Error('not as documented', { cause: error }));
          return;
        }
        resolve({ status: statusCode, headers: received, body: bytes, text, json: () => parsed(text) });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Sends exactly these bytes; returns every answer until the service closed the connection. */
export async function speak(
  service: Pick<Service, 'url'>,
  first: string,
  ...more: readonly string[]
): Promise<Answer[]> {
  return answersIn(await hear(service, first, ...more));
}

/**
 * Sends exactly these bytes, each segment once the previous one was read; returns everything received until the end.
 */
export async function hear(service: Pick<Service, 'url'>, first: string, ...more: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(service.url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  // A reset after the answer is an end like any other: what was received counts.
  socket.on('error', () => undefined);
  socket.setTimeout(10_000, () => socket.destroy());
  // Not `once` of node:events, which rejects if an error comes first.
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(first, 'latin1');
  for (const segment of more) {
    await ask(service, '/health/live');
    socket.write(segment, 'latin1');
  }
  await closed;
  return Buffer.concat(chunks).toString('latin1');
}

function answersIn(heard: string): Answer[] {
  const answers: Answer[] = [];
  for (let rest = heard; rest !== '';) {
    const headEnd = rest.indexOf('\r\n\r\n');
    if (headEnd < 0) throw new Error(`no HTTP answer: ${rest.slice(0, 200)}`);
    const [statusLine = '', ...lines] = rest.slice(0, headEnd).split('\r\n');
    const headers: Record<string, string> = {};
    for (const line of lines) headers[line.split(':', 1)[0]?.toLowerCase() ?? ''] = line.replace(/^[^:]*:\s*/, '');
    const bodyEnd = headEnd + 4 + Number(headers['content-length'] ?? 0);
    const body = Buffer.from(rest.slice(headEnd + 4, bodyEnd), 'latin1');
    const text = body.toString();
    answers.push({
      status: Number(statusLine.split(' ')[1]),
      headers,
      body,
      text,
      json: () => parsed(text),
    });
    rest = rest.slice(bodyEnd);
  }
  return answers;
}

function parsed(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return value;
}
