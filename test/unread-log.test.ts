import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { textMessage } from '../simulator/sessions/wire.js';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { ask, speak } from './http.js';
import { deskCredentials, type Service, startService } from './service.js';
import { until } from './until.js';

/** The longest allowed id, so that few requests make a large log. */
const SESSION = 's'.repeat(128);
const REQUEST_ID = 'r'.repeat(128);
const REQUEST = `GET /sessions/${SESSION}/messages?limit=1 HTTP/1.1\r\nHost: a\r\nX-Request-Id: ${REQUEST_ID}\r\n\r\n`;
const LINES_PER_REQUEST = 2;

let simulator: Simulator;
const services: Service[] = [];
let terminal: ChildProcess | undefined;

beforeAll(async () => {
  simulator = await startSimulator();
  simulator.setSession(SESSION, [textMessage('hello', 1)]);
});

afterEach(async () => {
  terminal?.kill('SIGKILL');
  await Promise.all(services.splice(0).map((service) => service.kill()));
});

afterAll(() => simulator.close());

/** A service whose stdout is a pipe that is not read from now on. */
async function startUnread(settings: Record<string, string> = {}): Promise<Service> {
  const fixed = { RATE_LIMIT_PER_MINUTE: '0', CACHE_FRESH_MIN_MS: '600000', CACHE_FRESH_MAX_MS: '600000' };
  const service = await startService({ ...fixed, DESK_BASE_URL: simulator.url, ...settings });
  services.push(service);
  service.process.stdout?.pause();
  return service;
}

/** Reads the page this often, on one connection. */
async function read(service: Pick<Service, 'url'>, times: number): Promise<void> {
  const last = REQUEST.replace('\r\n', '\r\nConnection: close\r\n');
  expect(await speak(service, REQUEST.repeat(times - 1) + last)).toHaveLength(times);
}

async function droppedLines(service: Service): Promise<number> {
  const { text } = await ask(service, '/metrics');
  return Number(/^log_lines_dropped_total (\d+)$/m.exec(text)?.[1]);
}

describe('a log that nobody reads', () => {
  test('does not keep a stopped process: exit 0 within SHUTDOWN_TIMEOUT_MS', async () => {
    const service = await startUnread({ SHUTDOWN_TIMEOUT_MS: '1500' });
    // 2 MB of lines, more than any pipe takes.
    await read(service, 2500);
    const startedAt = Date.now();
    expect(await service.stop()).toBe(0);
    expect(Date.now() - startedAt).toBeLessThan(5000);
  });

  test('does not keep a process that crashes', async () => {
    const crash = encodeURIComponent("process.on('SIGUSR2', () => { throw new Error('planted'); })");
    const service = await startUnread({ NODE_OPTIONS: `--import=data:text/javascript,${crash}` });
    await read(service, 2500);
    service.process.kill('SIGUSR2');
    await once(service.process, 'exit');
    expect(service.process.exitCode).toBe(1);
  });

  test('buffers 8 MB of lines; further ones are dropped, counted, and reported once there is room', async () => {
    const service = await startUnread();
    const heardBefore = service.output().length;
    // 10 MB of lines.
    const times = 12_000;
    await read(service, times);
    service.process.stdout?.resume();
    let dropped: string | undefined;
    while (dropped === undefined) {
      await once(service.process.stdout ?? service.process, 'data');
      dropped = /"level":40,.*"linesDropped":(\d+)/.exec(service.output())?.[1];
    }
    const waited = service.output().slice(heardBefore);
    expect(waited.length).toBeGreaterThan(7_900_000);
    // Lines in pipes and in progress are added to that.
    expect(waited.length).toBeLessThan(9_000_000);
    const written = waited.split('\n').filter((line) => line.includes(REQUEST_ID)).length;
    expect(written + Number(dropped)).toBe(times * LINES_PER_REQUEST);
    expect(await droppedLines(service)).toBe(Number(dropped));
    await read(service, 1);
    expect(service.output().match(/linesDropped/g)).toHaveLength(1);
  });

  test('loses nothing if it is read again in time', async () => {
    const service = await startUnread();
    await read(service, 3000);
    service.process.stdout?.resume();
    expect(await service.stop()).toBe(0);
    const written = service
      .output()
      .split('\n')
      .filter((line) => line.includes(REQUEST_ID));
    expect(written.length).toBe(3000 * LINES_PER_REQUEST);
    expect(service.output()).not.toContain('linesDropped');
  });

  test('that was closed by its reader keeps neither the service nor its stop', async () => {
    const service = await startUnread();
    service.process.stdout?.destroy();
    // The first lines detect that the reader is gone; those after them count as dropped.
    await until(async () => {
      await read(service, 10);
      return (await droppedLines(service)) > 0;
    });
    const startedAt = Date.now();
    expect(await service.stop()).toBe(0);
    expect(Date.now() - startedAt).toBeLessThan(5000);
  });

  test('on a paused terminal does not keep a stopped process either', async () => {
    // `script` (in every Debian) is a terminal whose output is a pipe again.
    const child = spawn('script', ['-qec', 'echo "pid $$"; exec node dist/main.js', '/dev/null'], {
      env: {
        PATH: process.env['PATH'],
        PORT: '0',
        AUTH_MODE: 'none',
        ...deskCredentials,
        DESK_BASE_URL: simulator.url,
        RATE_LIMIT_PER_MINUTE: '0',
        SHUTDOWN_TIMEOUT_MS: '1500',
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    terminal = child;
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    let url: string | undefined;
    while (url === undefined) {
      await once(child.stdout, 'data');
      url = /http:[\d.:/]+(?=")/.exec(output)?.[0];
    }
    const pid = Number(/pid (\d+)/.exec(output)?.[1]);
    child.stdout.pause();
    await read({ url }, 2500);
    process.kill(pid, 'SIGTERM');
    // A zombie until `script` can write again and looks after it.
    await until(async () => /^State:\s+Z/m.test(await readFile(`/proc/${pid}/status`, 'utf8')), 20_000);
    child.stdout.resume();
    await once(child, 'close');
    expect(child.exitCode).toBe(0);
  });
});
