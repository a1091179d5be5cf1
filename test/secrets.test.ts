import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Fault } from '../simulator/fault.js';
import { MALFORMATIONS } from '../simulator/malformed.js';
import { type Simulator, startSimulator } from '../simulator/simulator.js';
import { type DeskTap, startDeskTap } from './desk-tap.js';
import { ask } from './http.js';
import { type Service, startService } from './service.js';

const SECRET_KEY = createHash('sha256').update('planted key').digest('hex');
const TEXT = 'planted-message-text';
const ACCOUNT = 'planted-account';
const DESK_WORDS = 'planted-words-of-the-desk';

let simulator: Simulator;
let service: Service;
let tap: DeskTap;

beforeAll(async () => {
  simulator = await startSimulator({ secretKey: SECRET_KEY });
  tap = await startDeskTap(simulator);
  service = await startService({
    DESK_BASE_URL: tap.url,
    DESK_SECRET_KEY: SECRET_KEY,
    DESK_MAX_RPS: '10000',
    DESK_ATTEMPT_TIMEOUT_MS: '150',
    DESK_DEADLINE_MS: '400',
    DESK_COOLDOWN_MIN_MS: '1',
    DESK_COOLDOWN_MAX_MS: '1',
    RATE_LIMIT_PER_MINUTE: '0',
    LOG_LEVEL: 'trace',
  });
});

afterAll(async () => {
  await service.kill();
  tap.close();
  await simulator.close();
});

function plant(id: string): void {
  const MsgBody = [
    { MsgType: 'TIMTextElem', MsgContent: { Text: TEXT } },
    { MsgType: 'TIMCustomElem', MsgContent: { Data: `{"customerServicePlugin":0,"src":"15","${TEXT}":1}` } },
    { MsgType: TEXT, MsgContent: { Text: 5 } },
  ];
  simulator.setSession(id, [{ FromAccount: ACCOUNT, FromAccountRole: 1, MsgBody, Timestamp: 1 }]);
}

const FAULTS: readonly Fault[] = [
  ...[141000, 141002, 141004, 141009, 149999, 60010].map((code): Fault => ({ kind: 'error', code, info: DESK_WORDS })),
  ...[302, 404, 429, 502].map((status): Fault => ({ kind: 'status', status })),
  ...MALFORMATIONS.map((how): Fault => ({ kind: 'malformed', how })),
  { kind: 'body', body: `${DESK_WORDS} ${TEXT} {` },
  { kind: 'hang' },
  { kind: 'stall' },
  { kind: 'reset' },
  { kind: 'reset-midway' },
  { kind: 'truncated' },
  { kind: 'oversized' },
  { kind: 'drip' },
];

test('no log line and no problem holds a signature, a key, a message, an account or text of the desk', async () => {
  const problems: string[] = [];
  let pages = 0;
  for (const [i, fault] of FAULTS.entries()) {
    const id = `secret-${i}`;
    plant(id);
    simulator.failNext(fault, { sessionId: id, times: 3 });
    const answer = await ask(service, `/sessions/${id}/messages`);
    if (answer.status >= 400) problems.push(JSON.stringify(answer.headers) + answer.text);
    simulator.clearFaults();
    // Works again before the next fault, so that each one is really met.
    plant(`${id}-after`);
    for (const end = Date.now() + 4000; Date.now() < end;) {
      if ((await ask(service, `/sessions/${id}-after/messages`)).status === 200) break;
    }
    if ((await ask(service, `/sessions/${id}-after/messages`)).text.includes(TEXT)) pages += 1;
  }
  simulator.refuseSignatures(70001);
  plant('secret-signed-again');
  expect((await ask(service, '/sessions/secret-signed-again/messages')).status).toBe(200);
  problems.push((await ask(service, `/sessions/s/messages?limit=0`)).text);
  const metrics = (await ask(service, '/metrics')).text;
  expect(await service.stop()).toBe(0);

  const { userSigs } = tap;
  // Makes sure that the test finds what it looks for.
  expect(pages).toBe(FAULTS.length);
  expect(problems.length).toBeGreaterThan(FAULTS.length - 6);
  expect(userSigs.size).toBeGreaterThanOrEqual(2);
  const output = service.output();
  expect(output.split('\n').length).toBeGreaterThan(2 * FAULTS.length);

  const said = [...problems, metrics, output].join('\n');
  const secrets = [
    SECRET_KEY,
    TEXT,
    ACCOUNT,
    DESK_WORDS,
    ...userSigs,
    ...[...userSigs].map((sig) => encodeURIComponent(sig)),
  ];
  for (const secret of secrets) expect(said.indexOf(secret)).toBe(-1);
  expect(said).not.toMatch(/usersig=|"usersig"/i);
  for (const problem of problems) expect(problem).not.toMatch(/node_modules|\bat .*\.js/);
});
