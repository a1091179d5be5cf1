import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { EventStream, streamPath } from './event-stream.js';
import { ask } from './http.js';
import { matches, type Selector, selectorsOf } from './promql.js';
import { readScrape, type Scrape } from './scrape.js';
import { type Service, startService } from './service.js';
import { dashboardQueries, ruleQueries } from './written-queries.js';

/** Prometheus's own metrics, and the labels it adds to everything it scrapes. */
const MADE_BY_PROMETHEUS: Scrape = new Map([
  ['up', [new Map()]],
  [
    'ALERTS',
    [
      new Map([
        ['alertname', 'DeskBffDown'],
        ['alertstate', 'firing'],
      ]),
    ],
  ],
]);
const PUT_BY_PROMETHEUS: ReadonlySet<string> = new Set(['job', 'instance']);
/** The traffic below goes to every route that a query is about: a matcher without any of them is a mistake. */
const ROUTE = 'route';
/** What a query about reads has to count. */
const READS = ['/sessions', '/sessions/:sessionId', '/sessions/:sessionId/messages'];

let simulator: Simulator;
let service: Service;
let scrape: Scrape;
let metrics: string;

beforeAll(async () => {
  simulator = await startSimulator();
  service = await startService({ DESK_BASE_URL: simulator.url });
  // A metric with labels has no sample before its first event.
  for (const [path, status] of [
    ['/health/ready', 200],
    ['/sessions/long-session/messages', 200],
    ['/sessions/long-session/messages', 200],
    ['/sessions/no-such-session/messages', 404],
    ['/sessions/long-session/messages?limit=0', 400],
    ['/sessions/long-session', 200],
    ['/sessions', 200],
  ] as const) {
    expect([path, (await ask(service, path)).status]).toEqual([path, status]);
  }
  const stream = await EventStream.open(service, streamPath('long-session'));
  stream.leave();
  await stream.until(() => service.output().includes('"outcome":"left"'));
  simulator.failNext({ kind: 'error', code: 141009 });
  expect((await ask(service, '/sessions/another-session/messages')).status).toBe(429);
  metrics = (await ask(service, '/metrics')).text;
  scrape = new Map([...MADE_BY_PROMETHEUS, ...readScrape(metrics)]);
});

afterAll(async () => {
  await service.kill();
  await simulator.close();
});

describe.each([
  ['a dashboard', dashboardQueries()],
  ['a rule', ruleQueries()],
])('%s only uses what /metrics has', (_, queries) => {
  test.each(queries)('$where', ({ promql }) => {
    const selectors = selectorsOf(promql);
    expect(selectors).not.toEqual([]);
    expect(selectors.flatMap(faultsOf)).toEqual([]);
  });
});

test('docs/operate.md describes every metric, and no other', () => {
  const [, section = ''] = /^## Metrics$(.*?)^## /ms.exec(readFileSync('docs/operate.md', 'utf8')) ?? [];
  const described = [...section.matchAll(/^\| `([a-z_]+)`/gm)].map(([, name = '']) => name);
  const families = [...metrics.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name);
  expect(described.sort()).toEqual(families.filter((name) => !/^(process|nodejs)_/.test(name)).sort());
});

test('queries about reads cover every resource', () => {
  const ofReads = [...dashboardQueries(), ...ruleQueries()]
    .flatMap(({ promql }) => selectorsOf(promql))
    .flatMap(({ matchers }) => matchers.filter(({ label, value }) => label === ROUTE && value.startsWith('/sessions')));
  expect(ofReads.length).toBeGreaterThan(8);
  for (const matcher of ofReads) expect(READS.filter((route) => matches(matcher, route))).toEqual(READS);
});

function faultsOf({ metric, matchers, groupedBy }: Selector): string[] {
  const samples = scrape.get(metric);
  if (samples === undefined) return [`/metrics has no ${metric}`];
  const labels = [...matchers.map(({ label }) => label), ...groupedBy].filter((label) => !PUT_BY_PROMETHEUS.has(label));
  const unknown = labels.filter((label) => !samples.some((sample) => sample.has(label)));
  const missed = matchers.filter(
    (matcher) => matcher.label === ROUTE && !samples.some((sample) => matches(matcher, sample.get(ROUTE) ?? '')),
  );
  return [
    ...unknown.map((label) => `${metric} has no label ${label}`),
    ...missed.map(({ label, operator, value }) => `${metric} has no ${label}${operator}"${value}"`),
  ];
}
