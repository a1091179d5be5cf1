import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { HttpService } from '@nestjs/axios';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { type ChatMessagesRequest, describeChatMessages } from './commands/describe-chat-messages.js';
import { getSessionState } from './commands/get-session-state.js';
import { connectionPool } from './connection-pool.js';
import { DeskAttemptError, DeskHttpClient } from './http-client.js';

const newest: ChatMessagesRequest = { sessionId: 's-1', limit: 20, offset: 40, order: 'desc' };
const OK = JSON.stringify({ ErrorCode: 0, Messages: [], TotalCount: 0 });
const SIGNATURE = 'eJ*secret-_';

describe('DeskHttpClient', () => {
  let server: Server;
  let answer: RequestListener;
  let port: number;
  let pool: ReturnType<typeof connectionPool>;

  beforeEach(async () => {
    answer = (_request, response) => response.end(OK);
    server = createServer((request, response) => {
      answer(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = portOf(server);
    pool = connectionPool();
  });

  afterEach(async () => {
    pool.httpAgent.destroy();
    pool.httpsAgent.destroy();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const client = (baseUrl = `http://127.0.0.1:${port}`) => {
    const http = new HttpService(axios.create(pool));
    return new DeskHttpClient(http, { baseUrl, sdkAppId: 1400000000, identifier: 'administrator' });
  };
  const ask = (baseUrl?: string, signal = new AbortController().signal) =>
    client(baseUrl).call(describeChatMessages, newest, { userSig: SIGNATURE, signal });
  const failure = async (call: Promise<unknown>): Promise<DeskAttemptError> => {
    const error: unknown = await call.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof DeskAttemptError)) throw new Error(`no DeskAttemptError: ${String(error)}`);
    return error;
  };

  it('posts the request as documented, with another random number for each call', async () => {
    const seen: { method: string | undefined; url: URL; body: unknown; type: string | undefined }[] = [];
    answer = (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const url = new URL(request.url ?? '', 'http://desk');
        seen.push({ method: request.method, url, body: JSON.parse(body), type: request.headers['content-type'] });
        response.end(OK);
      });
    };
    await ask();
    const options = { userSig: SIGNATURE, signal: new AbortController().signal };
    await client().call(describeChatMessages, { ...newest, order: 'asc' }, options);
    const [first, second] = seen;
    expect(first).toMatchObject({ method: 'POST', type: 'application/json' });
    expect(first?.url.pathname).toBe('/v4/desk_http_svc/describe_chat_messages');
    const { random, ...rest } = Object.fromEntries(first?.url.searchParams ?? []);
    expect(rest).toEqual({
      sdkappid: '1400000000',
      identifier: 'administrator',
      usersig: SIGNATURE,
      contenttype: 'json',
    });
    expect(random).toMatch(/^\d{1,10}$/);
    expect(second?.url.searchParams.get('random')).not.toBe(random);
    expect(first?.body).toEqual({ SessionId: 's-1', Limit: 20, Offset: 40, Order: 2 });
    expect(second?.body).toMatchObject({ Order: 1 });
  });

  it('calls any command by its name, with its own body, and reads its answer', async () => {
    const seen: unknown[] = [];
    answer = (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        seen.push([request.url?.split('?')[0], JSON.parse(body)]);
        response.end('{"ErrorCode":0,"CurrentState":"INSEAT","AgentId":"ann"}');
      });
    };
    const options = { userSig: SIGNATURE, signal: new AbortController().signal };
    expect(await client().call(getSessionState, { sessionId: 's-1' }, options)).toEqual({
      code: 0,
      answer: { currentState: 'INSEAT', agentId: 'ann' },
    });
    expect(seen).toEqual([['/v4/desk_http_svc/get_session_state', { SessionId: 's-1' }]]);
  });

  it.each(['', '/', '/a/b', '/a/b/'])('keeps the path %j of the base URL', async (path) => {
    let url = '';
    answer = (request, response) => {
      url = request.url ?? '';
      response.end(OK);
    };
    await ask(`http://127.0.0.1:${port}${path}`);
    expect(url.split('?')[0]).toBe(`${path.replace(/\/$/, '')}/v4/desk_http_svc/describe_chat_messages`);
  });

  it('calls an IPv6 address', async () => {
    const other = createServer((_request, response) => response.end(OK)).listen(0, '::1');
    await once(other, 'listening');
    expect(await ask(`http://[::1]:${portOf(other)}`)).toMatchObject({ code: 0 });
    other.closeAllConnections();
    other.close();
  });

  it('ignores the proxy variables of the environment: the signature is in the URL', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { http_proxy: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9', no_proxy: '' });
    try {
      expect(await ask()).toMatchObject({ code: 0 });
    } finally {
      process.env = before;
    }
  });

  it('reads gzip answers', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' });
      response.end(gzipSync(OK));
    };
    expect(await ask()).toMatchObject({ code: 0 });
  });

  it.each([301, 304, 400, 404, 429, 500, 502, 503, 204])(
    'reports the status %i of an error response',
    async (status) => {
      answer = (_request, response) => {
        response.writeHead(status, { Location: '/elsewhere' });
        response.end(status === 204 || status === 304 ? undefined : '<html>');
      };
      const error = await failure(ask());
      expect(error).toMatchObject({ kind: 'network', status });
      expect(error.isRetryable).toBe(status >= 500);
    },
  );

  it.each(['<html>', OK.slice(0, 20), '', 'null'])('finds the answer %j malformed', async (body) => {
    answer = (_request, response) => response.end(body);
    expect(await failure(ask())).toMatchObject({ kind: 'broken', status: undefined, isRetryable: true });
  });

  it('finds an answer that is not in its declared encoding malformed', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' });
      response.end('no gzip at all');
    };
    expect(await failure(ask())).toMatchObject({ kind: 'broken' });
  });

  it('finds an answer that is not HTTP malformed', async () => {
    const other = createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n\r\n')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    expect(await failure(ask(`http://127.0.0.1:${portOf(other)}`))).toMatchObject({
      kind: 'broken',
      isRetryable: true,
    });
    other.close();
  });

  it.each([false, true])('accepts 4 MiB, and not a byte more (gzip: %s)', async (isPacked) => {
    const page = { ErrorCode: 0, Messages: [], TotalCount: 0, Padding: '' };
    const room = 4 * 1024 * 1024 - JSON.stringify(page).length;
    const answerWith = (padding: number) => {
      const body = Buffer.from(JSON.stringify({ ...page, Padding: 'x'.repeat(padding) }));
      answer = (_request, response) => {
        if (isPacked) response.setHeader('Content-Encoding', 'gzip');
        response.end(isPacked ? gzipSync(body) : body);
      };
    };
    answerWith(room);
    expect(await ask()).toMatchObject({ code: 0 });
    answerWith(room + 1);
    expect(await failure(ask())).toMatchObject({ kind: 'broken', isRetryable: true });
  });

  it('finds an answer with more messages than were asked for malformed', async () => {
    const list = (count: number) => Array.from({ length: count }, () => ({ Timestamp: 1 }));
    const answerWith = (count: number) => {
      answer = (_request, response) =>
        response.end(JSON.stringify({ ErrorCode: 0, Messages: list(count), TotalCount: 1000 }));
    };
    answerWith(newest.limit);
    expect(await ask()).toMatchObject({ code: 0 });
    answerWith(newest.limit + 1);
    expect(await failure(ask())).toMatchObject({ kind: 'broken', isRetryable: true });
  });

  it.each([true, false])('cuts off a larger body while it arrives (announced: %s)', async (isAnnounced) => {
    let sent = 0;
    const chunk = Buffer.alloc(1024 * 1024, ' ');
    answer = (_request, response) => {
      if (isAnnounced) response.setHeader('Content-Length', 64 * chunk.length);
      const more = () => {
        if (response.destroyed) return;
        if (sent === 64) {
          response.end();
          return;
        }
        sent += 1;
        response.write(chunk, more);
      };
      more();
    };
    expect(await failure(ask())).toMatchObject({ kind: 'broken', isRetryable: true });
    expect(sent).toBeLessThan(64);
  });

  it('cuts off a small body that decompresses to a huge one', async () => {
    const bomb = gzipSync(Buffer.alloc(256 * 1024 * 1024, ' '));
    answer = (_request, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' });
      response.end(bomb);
    };
    const before = process.memoryUsage.rss();
    expect(await failure(ask())).toMatchObject({ kind: 'broken' });
    expect(process.memoryUsage.rss() - before).toBeLessThan(128 * 1024 * 1024);
  });

  it('reports a connection that is reset before or in the middle of the answer as a retryable network failure', async () => {
    answer = (request) => request.socket.resetAndDestroy();
    expect(await failure(ask())).toMatchObject({ kind: 'network', reason: 'ECONNRESET', isRetryable: true });
    answer = (request, response) => {
      response.writeHead(200, { 'Content-Length': 1000 });
      response.write(OK, () => setTimeout(() => request.socket.resetAndDestroy(), 20));
    };
    expect(await failure(ask())).toMatchObject({ kind: 'network', isRetryable: true });
    answer = (request, response) => {
      response.writeHead(200, { 'Content-Length': 1000, 'Content-Encoding': 'gzip' });
      response.write(gzipSync(OK).subarray(0, 10), () => setTimeout(() => request.socket.destroy(), 20));
    };
    expect(await failure(ask())).toMatchObject({ kind: 'network', isRetryable: true });
  });

  it('reports a kept connection that the desk has closed as a retryable reset', async () => {
    await ask();
    answer = (request) => request.socket.resetAndDestroy();
    expect(await failure(ask())).toMatchObject({ kind: 'network', isRetryable: true });
    answer = (_request, response) => response.end(OK);
    expect(await ask()).toMatchObject({ code: 0 });
  });

  it('keeps connections alive', async () => {
    let connections = 0;
    server.on('connection', () => (connections += 1));
    for (let i = 0; i < 5; i++) await ask();
    expect(connections).toBe(1);
  });

  it('does not retry an address that cannot be reached', async () => {
    server.close();
    server.closeAllConnections();
    const error = await failure(ask());
    expect(error).toMatchObject({ kind: 'network', reason: 'ECONNREFUSED', isRetryable: false });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  it('does not retry a failed TLS handshake', async () => {
    expect(await failure(ask(`https://127.0.0.1:${port}`))).toMatchObject({ kind: 'network', status: undefined });
  });

  it.each([
    ['before the headers', false],
    ['while the body drips', true],
  ])('ends the call when the signal aborts, %s, and closes the connection', async (_when, hasHeaders) => {
    const closed = new Promise<void>((resolve) => {
      answer = (request, response) => {
        request.socket.on('close', () => {
          resolve();
        });
        if (hasHeaders) response.writeHead(200, { 'Content-Length': 1000 }).write('{');
        controller.abort();
      };
    });
    const controller = new AbortController();
    expect(await failure(ask(undefined, controller.signal))).toMatchObject({ kind: 'timeout', isRetryable: true });
    await closed;
  });

  it('does not call when the signal is already aborted', async () => {
    let calls = 0;
    answer = () => (calls += 1);
    expect(await failure(ask(undefined, AbortSignal.abort()))).toMatchObject({ kind: 'timeout' });
    expect(calls).toBe(0);
  });

  it('shows the signature in no error', async () => {
    answer = (request) => request.socket.resetAndDestroy();
    const error = await failure(ask());
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('secret');
    expect(JSON.stringify(error)).not.toContain('secret');
  });
});

function portOf(server: { address(): ReturnType<Server['address']> }): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
