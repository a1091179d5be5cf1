import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { freePort } from './free-port.js';
import { ask } from './http.js';
import { type AnswerExport, type OtlpReceiver, startOtlpReceiver } from './otlp-receiver.js';
import { type Service, startService } from './service.js';
import { until } from './until.js';

const PATH = '/sessions/long-session/messages';
/** Waiting for a receiver would take 10 s. */
const SOON_MS = 5000;

let desk: Simulator;
let receiver: OtlpReceiver | undefined;
let service: Service;

beforeEach(async () => {
  desk = await startSimulator();
});

afterEach(async () => {
  await service.kill();
  await Promise.all([desk.close(), receiver?.close()]);
  receiver = undefined;
});

async function start(endpoint: string, environment: Record<string, string> = {}): Promise<void> {
  service = await startService({
    DESK_BASE_URL: desk.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_TIMEOUT: '300',
    OTEL_BSP_SCHEDULE_DELAY: '20',
    OTEL_BSP_MAX_QUEUE_SIZE: '20',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '10',
    ...environment,
  });
}

async function startWith(answer: AnswerExport, environment?: Record<string, string>): Promise<OtlpReceiver> {
  receiver = await startOtlpReceiver(answer);
  await start(receiver.url, environment);
  return receiver;
}

async function askOften(count: number): Promise<void> {
  const startedAt = performance.now();
  for (let i = 0; i < count; i++) expect((await ask(service, PATH)).status).toBe(200);
  expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
}

async function droppedSpans(): Promise<number> {
  const { text } = await ask(service, '/metrics');
  return Number(/^trace_spans_dropped_total (\d+)$/m.exec(text)?.[1]);
}

async function untilDropped(count: number): Promise<void> {
  await until(async () => (await droppedSpans()) >= count);
}

const linesWith = (text: string) =>
  service
    .output()
    .split('\n')
    .filter((line) => line.includes(text));

it('delays no request if the receiver is unavailable: spans are dropped, counted, and logged once a minute', async () => {
  await start(`http://127.0.0.1:${await freePort()}/the-token-in-its-path`);
  await askOften(100);
  await untilDropped(80);
  await askOften(10);
  expect(await service.stop()).toBe(0);
  const lines = linesWith('spans were dropped');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/"level":40.*"spans":\d+,"reason":"(?:ECONNREFUSED|the queue is full)"/);
  expect(service.output()).not.toMatch(/the-token|complains/);
});

it('delays no request if the receiver never answers, and the service stops in time', async () => {
  await startWith(() => undefined, { OTEL_EXPORTER_OTLP_TIMEOUT: '10000', SHUTDOWN_TIMEOUT_MS: '1000' });
  await askOften(100);
  await untilDropped(50);
  const startedAt = performance.now();
  expect(await service.stop()).toBe(0);
  expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
});

it.each<[what: string, answer: AnswerExport]>([
  ['500 and nonsense', (_request, response) => response.writeHead(500).end('<the-nonsense')],
  ['400 and nonsense', (_request, response) => response.writeHead(400, 'the-nonsense').end('{"the-nonsense"')],
  ['half an answer', (_request, response) => response.writeHead(200, { 'content-length': 9 }).write('the-nonse')],
  ['a cut connection', (_request, response) => response.destroy()],
])('delays no request if the receiver answers with %s', async (_what, answer) => {
  const { requests } = await startWith(answer);
  await askOften(60);
  await untilDropped(10);
  expect(requests.length).toBeGreaterThan(0);
  expect(await service.stop()).toBe(0);
  expect(linesWith('spans were dropped')).toHaveLength(1);
  expect(service.output()).not.toContain('the-nonsense');
});

it('treats an unreadable answer as a receipt, and logs that once', async () => {
  const { spans } = await startWith((_request, response) => response.end('the-nonsense'));
  await askOften(20);
  await until(() => spans().length >= 15);
  expect(await service.stop()).toBe(0);
  expect(linesWith('the tracing SDK complains')).toHaveLength(1);
  expect(service.output()).not.toContain('the-nonsense');
});

it('sends waiting spans at a stop', async () => {
  const { spans } = await startWith((_request, response) => response.end('{}'), {
    OTEL_BSP_SCHEDULE_DELAY: '60000',
    OTEL_BSP_MAX_QUEUE_SIZE: '100',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '100',
  });
  await askOften(5);
  expect(spans()).toEqual([]);
  expect(await service.stop()).toBe(0);
  expect(spans().filter(({ name }) => name === 'GET /sessions/:sessionId/messages')).toHaveLength(5);
});

it('names the variable that the SDK cannot read, not its value', async () => {
  await startWith((_request, response) => response.end('{}'), { OTEL_BSP_SCHEDULE_DELAY: 'the-value' });
  expect(await service.stop()).toBe(0);
  expect(linesWith('the tracing SDK complains')).toEqual([expect.stringContaining('"OTEL_BSP_SCHEDULE_DELAY"')]);
  expect(service.output()).not.toContain('the-value');
});
