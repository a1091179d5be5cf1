import { Session } from '../session.js';
import { Chance } from './chance.js';
import { type Customer, customers } from './customers.js';
import { type SessionRecord } from './own-records.js';
import { talk } from './talk.js';

/**
 * A shop that always has customers: a new one every ten minutes, `chat-<n>`, who leaves before the next. So there are
 * sessions of today whenever the desk is started, and however long it runs.
 */
const EVERY_S = 600;
const ID = /^chat-(0|[1-9]\d{0,8})$/;

// The ends of a session in the desk's documents and its sister APIs; the list is not complete.
const END_STATUSES = [
  'AgentEndedSession',
  'AgentEndedSession',
  'ok',
  'autoFinished',
  'ivrGiveUp',
  'noSeatOnline',
] as const;
/** A rating, and the three ways in which a record may show that there is none. */
const RATINGS = [5, 4, 1] as const;
const UNRATED: readonly [object, ...object[]] = [{ SatisfactionSelected: 0 }, { SatisfactionSelected: null }, {}];

/** What a chat's record and its messages have in common. */
interface Chat {
  readonly startS: number;
  readonly customer: Customer;
  readonly length: number;
  readonly paceS: number;
  readonly chance: Chance;
}

/** The number of the newest chat that has ended. */
export function newestChat(nowMs: number): number {
  return Math.floor(nowMs / 1000 / EVERY_S) - 1;
}

export function isChatOver(id: string, nowMs: number): boolean {
  const number = ID.exec(id)?.[1];
  return number !== undefined && Number(number) <= newestChat(nowMs);
}

export function chatSession(id: string): Session {
  const { startS, customer, length, paceS, chance } = chat(Number(ID.exec(id)?.[1]));
  return new Session(Array.from({ length }, (_, i) => talk(chance, customer.id, (startS + i * paceS) * 1000)));
}

export function chatRecord(number: number): SessionRecord {
  const { startS, customer, length, paceS, chance } = chat(number);
  const endStatus = chance.one(END_STATUSES);
  const isServed = endStatus !== 'noSeatOnline' && endStatus !== 'ivrGiveUp';
  return {
    SessionId: `chat-${number}`,
    AgentGroupId: '3067',
    AgentGroupName: '在线客服',
    AgentId: isServed ? 'shannon@qq.com' : '',
    ChannelType: chance.between(1, 3) === 1 ? 'Web(H5)' : 'SDK',
    ClientUserId: customer.id,
    ClientUserNickName: customer.nickname,
    Duration: isServed ? (length - 1) * paceS : 0,
    EndStatus: endStatus,
    ...(isServed && chance.between(1, 2) === 1
      ? { SatisfactionSelected: chance.one<number>(RATINGS) }
      : chance.one(UNRATED)),
    Timestamp: startS,
  };
}

function chat(number: number): Chat {
  const chance = new Chance(`chat-${number}`);
  const customer = chance.one(customers);
  const length = chance.between(4, 30);
  const paceS = chance.between(2, Math.floor((EVERY_S - 60) / length));
  return { startS: number * EVERY_S + chance.between(0, 59), customer, length, paceS, chance };
}
