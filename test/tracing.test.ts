import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { textMessage } from '../simulator/sessions/wire.js';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { ask } from './http.js';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver, treeOf } from './otlp-receiver.js';
import { anyRedis, describeWithRedis } from './redis-server.js';
import { type Service, startService } from './service.js';
import { until } from './until.js';

const ROUTE = 'GET /sessions/:sessionId/messages';

/** The caller's span. */
const CALLER = '00f067aa0ba902b7';

/** At once, instead of every 5 s. */
const SOON = { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_BSP_SCHEDULE_DELAY: '50' } as const;

let desk: Simulator;
let receiver: OtlpReceiver;
let service: Service;
let count = 0;

beforeAll(async () => {
  [desk, receiver] = await Promise.all([startSimulator(), startOtlpReceiver()]);
  service = await startService({
    DESK_BASE_URL: desk.url,
    CACHE_FRESH_MIN_MS: '60000',
    CACHE_FRESH_MAX_MS: '60000',
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    ...SOON,
  });
});

beforeEach(() => {
  desk.reset();
});

afterAll(async () => {
  await service.kill();
  await Promise.all([desk.close(), receiver.close()]);
});

/** The path of a session that was not read yet. */
function coldPath(): string {
  const id = `traced-${count++}`;
  desk.setSession(id, [textMessage('hello', Date.UTC(2024, 0, 1))]);
  return `/sessions/${id}/messages`;
}

/** A trace id of its own, by which a request's spans are found. */
function newTrace(flags = '01') {
  const traceId = (++count).toString(16).padStart(32, '0');
  const header = { traceparent: `00-${traceId}-${CALLER}-${flags}` };
  const spans = () => receiver.spans().filter((span) => span.traceId === traceId);
  /** The request's span, once it came; its children end before it, and so came earlier or with it. */
  const root = (name = ROUTE) => received((span) => span.traceId === traceId && span.name === name);
  return { traceId, header, spans, root };
}

/** The first such span, once it came. */
async function received(isIt: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan> {
  await until(() => receiver.spans().some(isIt));
  const found = receiver.spans().find(isIt);
  if (found === undefined) throw new Error('no such span');
  return found;
}

const nameOf = ({ name }: ReceivedSpan) => name;

it('records a cold miss: its flight, its turns, and both attempts at the desk', async () => {
  const trace = newTrace();
  desk.failNext({ kind: 'error', code: 141002 });
  expect((await ask(service, coldPath(), { headers: trace.header })).status).toBe(200);
  const root = await trace.root();
  const line = ({ name, kind, isError, attributes }: ReceivedSpan) =>
    [name, kind, isError ? 'failed' : 'ok', attributes['desk.code']].join(' ').trim();
  expect(treeOf(trace.spans(), root, line)).toEqual([
    `${ROUTE} 2 ok`,
    '  cache.flight 1 ok',
    '    desk.queue 1 ok',
    '    desk describe_chat_messages 3 failed 141002',
    '    desk.queue 1 ok',
    '    desk describe_chat_messages 3 ok 0',
  ]);
  expect(root).toMatchObject({
    parentSpanId: CALLER,
    attributes: {
      'http.request.method': 'GET',
      'http.route': '/sessions/:sessionId/messages',
      'http.response.status_code': 200,
      'cache.resource': 'messages',
      'cache.outcome': 'miss',
      'cache.level': 'none',
    },
  });
});

it('records a load that joins a flight: a link to it, and no call of its own', async () => {
  const [first, second] = [newTrace(), newTrace()];
  desk.latency(300);
  const path = coldPath();
  const answers = [ask(service, path, { headers: first.header })];
  await until(() => desk.calls.length > 0);
  answers.push(ask(service, path, { headers: second.header }));
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
  const root = await second.root();
  expect(root.attributes).toMatchObject({ 'cache.outcome': 'collapsed' });
  expect(treeOf(second.spans(), root, nameOf)).toEqual([ROUTE, '  cache.join']);
  await first.root();
  const [flight] = first.spans().filter(({ name }) => name === 'cache.flight');
  const [join] = second.spans().filter(({ name }) => name === 'cache.join');
  expect(join?.links).toEqual([flight?.spanId]);
});

it('records a hit on the fast path, in a span of its own', async () => {
  const path = coldPath();
  await ask(service, path);
  const trace = newTrace();
  expect((await ask(service, path, { headers: trace.header })).status).toBe(200);
  expect(await trace.root()).toMatchObject({
    parentSpanId: CALLER,
    kind: 2,
    attributes: { 'cache.outcome': 'hit', 'cache.level': 'memory', 'http.response.status_code': 200 },
  });
  expect(trace.spans()).toHaveLength(1);
});

it('begins a trace if the caller has none, and logs its id', async () => {
  await ask(service, coldPath(), { headers: { 'x-request-id': 'without-a-trace' } });
  const line = await service.logged(/"requestId":"without-a-trace".*"msg":"request"/);
  const [, traceId] = /"traceId":"([0-9a-f]{32})"/.exec(line) ?? [];
  const root = await received((span) => span.traceId === traceId && span.name === ROUTE);
  expect(root.parentSpanId).toBeUndefined();
});

it("records nothing if the caller's trace is not sampled", async () => {
  const [unsampled, sampled] = [newTrace('00'), newTrace()];
  await ask(service, coldPath(), { headers: unsampled.header });
  await ask(service, coldPath(), { headers: sampled.header });
  await sampled.root();
  expect(unsampled.spans()).toEqual([]);
  expect(await service.logged(new RegExp(`"traceId":"${unsampled.traceId}"`))).toContain('"msg":"re');
});

it('marks errors by their code, and has no path without a route', async () => {
  const [failed, refused, unknown] = [newTrace(), newTrace(), newTrace()];
  desk.failNext({ kind: 'status', status: 404 });
  await ask(service, coldPath(), { headers: failed.header });
  expect(await failed.root()).toMatchObject({
    isError: true,
    attributes: { 'http.response.status_code': 502, 'error.type': 'upstream-failed' },
  });
  const call = failed.spans().find(({ name }) => name.startsWith('desk describe'));
  expect(call).toMatchObject({ isError: true, attributes: { 'desk.code': 'network' } });

  await ask(service, '/sessions/s/messages?limit=0', { headers: refused.header });
  const { isError, attributes } = await refused.root();
  expect([isError, attributes['error.type']]).toEqual([false, 'invalid-request']);

  await ask(service, '/who/knows', { headers: unknown.header, method: 'PROPFIND' });
  const { attributes: ofUnknown } = await unknown.root('HTTP');
  expect(ofUnknown).toEqual({
    'http.request.method': '_OTHER',
    'http.response.status_code': 404,
    'error.type': 'not-found',
  });
});

it('sends the span of a file at its first byte, and its blocks as they come', async () => {
  const trace = newTrace();
  const path = '/sessions/long-session/messages?format=ndjson';
  const { text } = await ask(service, path, { headers: trace.header });
  const root = await trace.root();
  const end = await trace.root('last byte');
  expect(end).toMatchObject({ parentSpanId: root.spanId, attributes: { 'answer.outcome': 'complete' } });
  const blocks = trace.spans().filter(({ name }) => name === 'file block');
  expect(blocks.length).toBeGreaterThan(text.split('\n').length / 100 - 1);
  expect(new Set(blocks.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set([root.spanId]));
  const order = trace.spans().map(({ name }) => name);
  expect(order.indexOf('file block')).toBeLessThan(order.indexOf(ROUTE));
  expect(order.lastIndexOf('file block')).toBeGreaterThan(order.indexOf(ROUTE));
});

describeWithRedis('with Redis', () => {
  let redis: { readonly url: string; readonly stop: () => Promise<void> };
  let other: Service;

  beforeAll(async () => {
    redis = await anyRedis();
    const endpoint = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/anywhere` };
    other = await startService({ DESK_BASE_URL: desk.url, REDIS_URL: redis.url, ...endpoint, ...SOON });
  });
  afterAll(async () => {
    await other.kill();
    await redis.stop();
  });

  it('records each command by its kind, without a key', async () => {
    const trace = newTrace();
    const path = coldPath().replace('traced-', `traced-${Date.now()}-`);
    desk.setSession(path.split('/')[2] ?? '', [textMessage('hello', Date.UTC(2024, 0, 1))]);
    expect((await ask(other, path, { headers: trace.header })).status).toBe(200);
    const root = await trace.root();
    // Written behind the answer.
    const settle = await trace.root('EVALSHA settle');
    expect(treeOf(trace.spans(), root, nameOf)).toEqual([
      ROUTE,
      '  EVALSHA read',
      '  cache.flight',
      '    EVALSHA acquire',
      '    desk.queue',
      '    desk describe_chat_messages',
      '    EVALSHA settle',
    ]);
    expect(settle).toMatchObject({
      kind: 3,
      attributes: { 'db.system.name': 'redis', 'db.operation.name': 'EVALSHA', 'db.stored_procedure.name': 'settle' },
    });
    expect(Object.keys(settle.attributes)).toHaveLength(3);
    expect(receiver.requests.map(({ url }) => url)).toContain('/anywhere');
  });
});

it('loads nothing of the SDK if no traces are configured', async () => {
  /**
   * Node prints the modules that it loads on stderr. The SDK is a chunk of the bundle, named by the module that begins
   * it.
   */
  const isSdkLoaded = async (environment: Record<string, string>) => {
    const one = await startService({ DESK_BASE_URL: desk.url, NODE_DEBUG: 'esm', ...environment });
    await one.stop();
    return /open-telemetry-\w+\.js/.test(one.output());
  };
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
  expect(await isSdkLoaded({})).toBe(false);
  expect(await isSdkLoaded({ ...endpoint, OTEL_SDK_DISABLED: 'true' })).toBe(false);
  expect(await isSdkLoaded({ ...endpoint, OTEL_TRACES_EXPORTER: 'none' })).toBe(false);
  expect(await isSdkLoaded(endpoint)).toBe(true);
});
