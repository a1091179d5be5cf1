import { type ServerResponse } from 'node:http';

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  send(response, JSON.stringify(value), 'application/json', status);
}

export function send(response: ServerResponse, body: string | Buffer, contentType: string, status = 200): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': bytes.length });
  response.end(bytes);
}
