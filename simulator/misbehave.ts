import { type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { send, sendJson } from './answer.js';
import { deskFailure } from './desk-error.js';
import { type Fault } from './fault.js';
import { type JsonObject } from './json-object.js';
import { spoil } from './malformed.js';

const JSON_TYPE = 'application/json';
const THIRTY_MEGABYTES = 30 * 1024 * 1024;

/** Answers as the fault says; `right` is the answer without it. */
export async function misbehave(response: ServerResponse, fault: Fault, right: JsonObject): Promise<void> {
  const body = Buffer.from(JSON.stringify(right));
  const half = body.subarray(0, Math.floor(body.length / 2));
  switch (fault.kind) {
    case 'error':
      sendJson(response, deskFailure(fault.code, fault.info));
      return;
    case 'status':
      if (fault.retryAfter !== undefined) response.setHeader('Retry-After', fault.retryAfter);
      send(response, `<html><body><center><h1>${fault.status}</h1></center></body></html>`, 'text/html', fault.status);
      return;
    case 'latency':
      await pause(fault.ms, undefined, { ref: false });
      sendJson(response, right);
      return;
    case 'hang':
      return;
    case 'stall':
      sendHead(response, body.length);
      response.write(half);
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'reset-midway':
      sendHead(response, body.length);
      // Only what has left this process can be cut off: without waiting, the client would see no answer at all.
      response.write(half, () => setTimeout(() => response.socket?.resetAndDestroy(), 20));
      return;
    case 'truncated':
      send(response, half, JSON_TYPE);
      return;
    case 'drip':
      await drip(response, body, fault.bytes ?? 1, fault.everyMs ?? 100);
      return;
    case 'malformed':
      send(response, spoil(fault.how, right), fault.how === 'html' ? 'text/html' : JSON_TYPE);
      return;
    case 'oversized':
      sendOversized(response, right, fault);
      return;
    case 'body':
      send(response, fault.body, fault.contentType ?? JSON_TYPE);
      return;
    case 'total':
      sendJson(response, { ...right, TotalCount: fault.total });
      return;
  }
}

async function drip(response: ServerResponse, body: Buffer, bytes: number, everyMs: number): Promise<void> {
  sendHead(response, body.length);
  for (let at = 0; at < body.length && !response.destroyed; at += bytes) {
    response.write(body.subarray(at, at + bytes));
    await pause(everyMs, undefined, { ref: false });
  }
  response.end();
}

/** A page that is valid except for its size. Without a Content-Length (the default) a client must count itself. */
function sendOversized(response: ServerResponse, right: JsonObject, fault: Fault & { kind: 'oversized' }): void {
  const padded = Buffer.from(JSON.stringify({ ...right, Padding: 'x'.repeat(fault.bytes ?? THIRTY_MEGABYTES) }));
  const body = fault.gzip ? gzipSync(padded) : padded;
  const length = fault.announced ? { 'Content-Length': body.length } : { 'Transfer-Encoding': 'chunked' };
  response.writeHead(200, {
    'Content-Type': JSON_TYPE,
    ...length,
    ...(fault.gzip ? { 'Content-Encoding': 'gzip' } : {}),
  });
  response.end(body);
}

function sendHead(response: ServerResponse, length: number): void {
  response.writeHead(200, { 'Content-Type': JSON_TYPE, 'Content-Length': length });
}
