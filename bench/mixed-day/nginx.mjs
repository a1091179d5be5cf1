import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { Agent, createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../redis-process.mjs';
import { get } from '../service.mjs';
import { pageLifetime, POLICY } from './url-cache.mjs';

const CLOCK_SOURCE = fileURLToPath(new URL('./clock.c', import.meta.url));

/** Why nginx cannot be measured on this machine; undefined if it can. */
export function nginxIsMissing() {
  if (spawnSync('nginx', ['-v']).status !== 0) return 'nginx is not installed';
  if (spawnSync('cc', ['--version']).status !== 0) return 'there is no C compiler for its simulated clock';
  return undefined;
}

/**
 * A real nginx with proxy_cache, with the same freshness in Cache-Control, in simulated time: a preloaded library gives
 * it the trace's clock. Its upstream turns each of its requests into one call of the desk.
 */
export async function replayNginx({ requests }, desk, clock) {
  const directory = mkdtempSync(join(tmpdir(), 'desk-bff-nginx-'));
  const origin = await startOrigin(desk);
  const nginx = await startNginx(directory, origin.address().port, clock);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    for (const { at, sessionId, window } of requests) {
      nginx.setTime((clock.now = at));
      const { limit, offset, order } = window;
      const url = `${nginx.url}/sessions/${sessionId}/messages?limit=${limit}&offset=${offset}&order=${order}`;
      // On one connection nginx accepts the next request only after the background update of this one.
      const { status } = await get(url, {}, { agent });
      if (status !== 200) throw new Error(`nginx answered ${status}`);
    }
  } finally {
    agent.destroy();
    await nginx.stop();
    origin.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function startOrigin(desk) {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://origin');
    const [, , sessionId] = pathname.split('/');
    const window = { limit: Number(searchParams.get('limit')), offset: Number(searchParams.get('offset')) };
    const page = desk.ask({ sessionId, ...window, order: searchParams.get('order') });
    // Rounded up in nginx's favour: it knows whole seconds only.
    const maxAge = Math.ceil(pageLifetime(page) / 1000);
    const stale = POLICY.staleWhileRevalidateMs / 1000;
    response.setHeader('cache-control', `max-age=${maxAge}, stale-while-revalidate=${stale}`);
    response.end(`${page.total}`);
  });
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function startNginx(directory, originPort, clock) {
  const library = join(directory, 'clock.so');
  const built = spawnSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, CLOCK_SOURCE], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.stderr);
  const clockFile = join(directory, 'clock');
  writeFileSync(clockFile, milliseconds(clock.now));
  const file = openSync(clockFile, 'r+');
  const port = await freePort();
  const configuration = join(directory, 'nginx.conf');
  writeFileSync(configuration, nginxConf(directory, port, originPort));
  const child = spawn('nginx', ['-p', directory, '-c', configuration, '-e', join(directory, 'error.log')], {
    env: { PATH: process.env.PATH, LD_PRELOAD: library, BENCH_CLOCK: clockFile },
    stdio: 'ignore',
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const url = `http://127.0.0.1:${port}`;
  await answers(`${url}/up`);
  return {
    url,
    setTime: (at) => writeSync(file, milliseconds(at), 0, 8, 0),
    stop: async () => {
      process.off('exit', kill);
      const ended = once(child, 'exit');
      kill();
      await ended;
      closeSync(file);
    },
  };
}

function nginxConf(directory, port, originPort) {
  return `
daemon off;
master_process off;
pid ${directory}/nginx.pid;
events { worker_connections 64; }
http {
  access_log off;
  keepalive_timeout 30d;
  keepalive_requests 100000000;
  keepalive_time 30d;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  proxy_cache_path ${directory}/cache keys_zone=pages:64m inactive=2d max_size=4g use_temp_path=off;
  upstream desk { server 127.0.0.1:${originPort}; keepalive 8; }
  server {
    listen 127.0.0.1:${port};
    location = /up { return 200; }
    location / {
      proxy_pass http://desk;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_read_timeout 30d;
      proxy_cache pages;
      proxy_cache_lock on;
      proxy_cache_use_stale updating error timeout;
      proxy_cache_background_update on;
    }
  }
}
`;
}

function milliseconds(at) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(at));
  return bytes;
}

async function answers(url) {
  for (let tries = 0; tries < 100; tries++) {
    const status = await get(url).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    await sleep(50);
  }
  throw new Error('nginx did not start');
}
