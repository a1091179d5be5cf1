// Serves examples/dashboard: its compiled scripts, its other files as they are, and the address of the service.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const FILES = new URL('../examples/dashboard/', import.meta.url);
const SCRIPTS = new URL('../dist/examples/dashboard/', import.meta.url);
const TYPES = { html: 'text/html', css: 'text/css', svg: 'image/svg+xml', js: 'text/javascript' };

/** `url` is the page's address, which the service has to allow: so it may start later, and `show` says where it is. */
export async function serveDashboard() {
  let service = '';
  const server = createServer((request, response) => {
    setHeaders(response, service);
    const name = new URL(request.url ?? '/', 'http://dashboard').pathname.slice(1) || 'index.html';
    if (name === 'service.json') send(response, 'application/json', JSON.stringify({ url: service }));
    else void sendFile(response, name);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}`, show: (url) => (service = url) };
}

/** The page may load its own files, talk to the one service, and nothing else. */
function setHeaders(response, service) {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${service}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ];
  response.setHeader('content-security-policy', policy.join('; '));
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cache-control', 'no-cache');
}

async function sendFile(response, name) {
  const type = TYPES[/^[a-z-]+\.(html|css|svg|js)$/.exec(name)?.[1]];
  const file = type && (await readFile(new URL(name, name.endsWith('.js') ? SCRIPTS : FILES)).catch(() => undefined));
  if (file === undefined) response.statusCode = 404;
  send(response, file === undefined ? 'text/plain' : type, file ?? 'not found\n');
}

function send(response, type, body) {
  response.setHeader('content-type', `${type}; charset=utf-8`);
  response.end(body);
}
