import { isObject } from '../json-object.js';
import { type Session } from '../session.js';
import { chatRecord, newestChat } from './chats.js';
import { GROWING_AGENT, GROWING_CUSTOMER } from './growing.js';

/** A record as describe_im_cdr_list returns it. */
export interface SessionRecord {
  readonly SessionId: string;
  readonly Timestamp: number;
  readonly [field: string]: unknown;
}

type FindSession = (id: string) => Session | undefined;

const CHATS = 30 * 144;
const NAMED = ['b0f4ca12-4850-4218-a284-efe679a87066', 'session-of-everything', 'long-session'];

/**
 * Records of the desk's own sessions, newest first (the documents name no order): chats of the last 30 days, and new
 * ones.
 */
export function ownRecords(find: FindSession, startMs: number): (nowMs: number) => readonly SessionRecord[] {
  const startOf = (id: string) => startIn(find(id)?.all(startMs) ?? []);
  const named = NAMED.map((id) => sampleRecord(id, startOf(id)));
  const fixed = [...named, sampleRecord('empty-session', Date.UTC(2024, 10, 5) / 1000), ...oddRecords(startOf)];
  const growingSince = startOf('growing-session');
  let newest = newestChat(startMs);
  let chats = Array.from({ length: CHATS }, (_, i) => chatRecord(newest - i));
  return (nowMs) => {
    while (newest < newestChat(nowMs)) chats = [chatRecord(++newest), ...chats];
    return [growingRecord(growingSince, nowMs), ...chats, ...fixed].sort((a, b) => b.Timestamp - a.Timestamp);
  };
}

/** A running session, as its record probably looks: no end, no rating, and a growing duration. */
function growingRecord(Timestamp: number, nowMs: number): SessionRecord {
  return {
    ...sampleRecord('growing-session', Timestamp),
    AgentId: GROWING_AGENT,
    ClientUserId: GROWING_CUSTOMER,
    Duration: Math.max(0, Math.floor(nowMs / 1000) - Timestamp),
    EndStatus: '',
    SatisfactionSelected: 0,
  };
}

/** Odd, but none of it makes a list malformed; of existing sessions, at the time of their first message. */
function oddRecords(startOf: (id: string) => number): SessionRecord[] {
  const odd: readonly Readonly<Record<string, unknown>>[] = [
    { AgentGroupId: 3067 },
    { ClientUserId: 1299314544, AgentId: 42 },
    { SatisfactionSelected: 0 },
    { SatisfactionSelected: null },
    { SatisfactionSelected: '5' },
    { SatisfactionSelected: 6 },
    { EndStatus: 'SomethingNobodyKnows' },
    { EndStatus: 108 },
    { ChannelType: 'Web(H5)', Duration: '10' },
    { Duration: 10.5, ClientUserNickName: '' },
    { AgentGroupId: '', AgentGroupName: '', AgentId: '', ChannelType: '', EndStatus: '' },
    { AgentGroupId: null, AgentGroupName: null, AgentId: null, ClientUserId: null, ClientUserNickName: null },
    { ClientUserNickName: '<script>alert(1)</script> \u202Eabc\u202C \ud83d \u2028 \u0000' },
    { AgentGroupId: { id: 1 }, AgentGroupName: ['a'], ChannelType: true, EndStatus: {} },
    { FieldOfTomorrow: { any: 'thing' } },
  ];
  const all = odd.map((change, i) => {
    const id = `session-${String(i + 1).padStart(4, '0')}`;
    return { ...sampleRecord(id, startOf(id)), ...change };
  });
  const bare = 'session-0016';
  return [...all, { SessionId: bare, Timestamp: startOf(bare) }];
}

/** The sample of the command's own page, of another session. */
export function sampleRecord(SessionId: string, Timestamp: number): SessionRecord {
  return {
    SessionId,
    AgentGroupId: '3067',
    AgentGroupName: '在线客服',
    AgentId: 'shannon@qq.com',
    ChannelType: 'SDK',
    ClientUserId: '1299314544',
    ClientUserNickName: '山浓',
    Duration: 10,
    EndStatus: 'AgentEndedSession',
    SatisfactionSelected: 5,
    Timestamp,
  };
}

/** Unix seconds. The first message of `everything` is of 1970, so its second one counts. */
function startIn(messages: readonly unknown[]): number {
  const times = messages.map((message) => (isObject(message) ? Number(message['Timestamp']) : 0));
  return Math.floor((times.find((time) => time > 0) ?? 0) / 1000);
}
