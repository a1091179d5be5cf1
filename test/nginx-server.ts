import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { freePort } from './free-port.js';
import { until } from './until.js';

export interface Nginx {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const isThere = spawnSync('nginx', ['-v']).status === 0;

/** Like `describe`, if nginx is installed; required in CI. */
export function describeWithNginx(name: string, tests: () => void): void {
  if (!isThere && process.env['CI'] === 'true')
    throw new Error('no nginx on PATH (Debian: apt-get install nginx-light)');
  (isThere ? describe : describe.skip)(name, tests);
}

/** The usual settings: buffering on, and gzip for text. */
export async function startNginx(upstream: string): Promise<Nginx> {
  const directory = mkdtempSync(join(tmpdir(), 'desk-bff-nginx-'));
  const port = await freePort();
  writeFileSync(join(directory, 'nginx.conf'), configuration(directory, port, upstream));
  const child = spawn('nginx', ['-p', directory, '-c', join(directory, 'nginx.conf'), '-e', join(directory, 'error')], {
    stdio: 'ignore',
  });
  const url = `http://127.0.0.1:${port}`;
  await until(() => {
    if (child.exitCode !== null) throw new Error('nginx did not start');
    return fetch(`${url}/health/live`).then(
      ({ ok }) => ok,
      () => false,
    );
  });
  return {
    url,
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function configuration(directory: string, port: number, upstream: string): string {
  return `
daemon off;
master_process off;
pid ${directory}/nginx.pid;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  gzip on;
  gzip_proxied any;
  gzip_types text/plain application/json;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass ${upstream};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering on;
    }
  }
}
`;
}
