import { expect, it, test } from '@jest/globals';
import { sessionRecordOf } from './session-record.js';

const recordOf = (fields: Readonly<Record<string, unknown>>) =>
  sessionRecordOf({ sessionId: 's', timestamp: 1730443136, fields });

const EMPTY = {
  id: 's',
  startedAt: '2024-11-01T06:38:56Z',
  durationSeconds: null,
  channel: null,
  client: { id: null, nickname: null },
  agent: { id: null },
  group: { id: null, name: null },
  endStatus: null,
  satisfaction: null,
};

it('has every key whatever the desk left out', () => {
  expect(JSON.stringify(recordOf({}))).toBe(JSON.stringify(EMPTY));
});

test.each([
  ['Duration', [0, 10, -1], 'durationSeconds', [null, '10', 1.5, 1e300, true]],
  ['ChannelType', ['SDK', 'Web(H5)', 'new'], 'channel', [null, '', 5, true, {}]],
  ['EndStatus', ['AgentEndedSession', 'SomethingNobodyKnows'], 'endStatus', [null, '', 108, []]],
  ['SatisfactionSelected', [1, 2, 3, 4, 5], 'satisfaction', [null, 0, 6, -1, 2.5, '5', true]],
])('%s is set if it is one of %j; else %s is null: %j', (field, listed, key, unlisted) => {
  for (const value of listed) expect(recordOf({ [field]: value })).toEqual({ ...EMPTY, [key]: value });
  for (const value of unlisted) expect(recordOf({ [field]: value })).toEqual(EMPTY);
});

test.each([
  ['ClientUserId', (id: string) => ({ client: { id, nickname: null } })],
  ['ClientUserNickName', (nickname: string) => ({ client: { id: null, nickname } })],
  ['AgentId', (id: string) => ({ agent: { id } })],
  ['AgentGroupName', (name: string) => ({ group: { id: null, name } })],
])('%s is a non-empty text, or null', (field, shown) => {
  expect(recordOf({ [field]: ' x' })).toEqual({ ...EMPTY, ...shown(' x') });
  for (const value of ['', null, 42, ['x']]) expect(recordOf({ [field]: value })).toEqual(EMPTY);
});

test.each([
  ['3067', '3067'],
  [3067, '3067'],
  [0, '0'],
  ['', null],
  [null, null],
  [{ id: 1 }, null],
  // JSON's 1e999.
  [Infinity, null],
])('AgentGroupId %j is group.id %j', (given, id) => {
  expect(recordOf({ AgentGroupId: given }).group.id).toBe(id);
});
