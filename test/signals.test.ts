import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { textMessage } from '../simulator/sessions/wire.js';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { ask } from './http.js';
import { deskCredentials, startService } from './service.js';
import { until } from './until.js';

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator();
});

afterAll(() => simulator.close());

describe('signals', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('a %s after the first SIGTERM changes nothing', async (signal) => {
    const service = await startService({ DESK_BASE_URL: simulator.url });
    simulator.setSession('under-way', [textMessage('hello', 1)]);
    simulator.forgetCalls();
    simulator.faultUntilReset({ kind: 'latency', ms: 1500 }, { sessionId: 'under-way' });
    const asked = ask(service, '/sessions/under-way/messages');
    await until(() => simulator.calls.length > 0);
    const stopped = service.stop();
    await service.logged(/"stopping"/);
    service.process.kill(signal);
    expect(await asked).toMatchObject({ status: 200 });
    expect(await stopped).toBe(0);
    expect(service.output()).toMatch(/"audit":"read".*"sessionId":"under-way".*"status":200/);
  });

  test.each([
    ['sent nothing', ''],
    ['sent half of a request', 'GET /health/live HTTP/1.1\r\nHo'],
    ['sent half of its second request', 'GET /health/live HTTP/1.1\r\nHost: a\r\n\r\nGET /he'],
  ])('a connection that %s holds no stop', async (_, sent) => {
    const service = await startService({ DESK_BASE_URL: simulator.url, SHUTDOWN_TIMEOUT_MS: '20000' });
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined).resume();
    await once(socket, 'connect');
    if (sent !== '') socket.write(sent);
    // Served behind it, so what was sent has been read by now.
    for (let i = 0; i < 3; i++) await ask(service, '/health/live');
    expect(await service.stop()).toBe(0);
    expect(service.output()).not.toContain('still under way');
  });

  test('the first is received before anything is loaded or checked: exit 0, not the faults of the environment', async () => {
    // Runs before the service, and sends the signal as soon as there is a listener for it.
    const preload = `data:text/javascript,${encodeURIComponent(
      `process.on('newListener', (name) => {
         if (name === 'SIGTERM') setImmediate(() => process.kill(process.pid, 'SIGTERM'));
       });`,
    )}`;
    const child = spawn(process.execPath, ['--import', preload, 'dist/main.js'], {
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await once(child, 'close');
    expect({ code: child.exitCode, signal: child.signalCode, output }).toEqual({ code: 0, signal: null, output: '' });
  });

  test('a SIGTERM while the service starts ends the start with exit 0', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'desk-bff-'));
    const key = join(directory, 'key');
    execFileSync('mkfifo', [key]);
    const { DESK_SDK_APP_ID, DESK_SECRET_KEY } = deskCredentials;
    const child = spawn(process.execPath, ['dist/main.js'], {
      env: { PATH: process.env['PATH'], PORT: '0', AUTH_MODE: 'none', DESK_SDK_APP_ID, DESK_SECRET_KEY_FILE: key },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    // Opens once the service reads its key at the other end, and blocks it there.
    const pipe = await open(key, 'w');
    child.kill('SIGTERM');
    await pipe.writeFile(DESK_SECRET_KEY);
    await pipe.close();
    await once(child, 'close');
    rmSync(directory, { recursive: true });
    expect({ code: child.exitCode, signal: child.signalCode }).toEqual({ code: 0, signal: null });
    expect(output).not.toContain('listening');
  });
});
