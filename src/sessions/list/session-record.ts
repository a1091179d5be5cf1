import { type DeskSessionRecord } from '../../desk/commands/describe-im-cdr-list.js';
import { type JsonObject } from '../../json.js';

/** A session in the list. A scalar that the desk left out, sent empty or of another type is null. */
export interface SessionRecord {
  readonly id: string;
  readonly startedAt: string;
  readonly durationSeconds: number | null;
  readonly channel: string | null;
  readonly client: { readonly id: string | null; readonly nickname: string | null };
  readonly agent: { readonly id: string | null };
  readonly group: { readonly id: string | null; readonly name: string | null };
  readonly endStatus: string | null;
  readonly satisfaction: number | null;
}

export function sessionRecordOf({ sessionId, timestamp, fields }: DeskSessionRecord): SessionRecord {
  return {
    id: sessionId,
    startedAt: dateTimeOf(timestamp),
    durationSeconds: integerIn(fields, 'Duration'),
    channel: textIn(fields, 'ChannelType'),
    client: { id: textIn(fields, 'ClientUserId'), nickname: textIn(fields, 'ClientUserNickName') },
    agent: { id: textIn(fields, 'AgentId') },
    group: { id: groupIdIn(fields), name: textIn(fields, 'AgentGroupName') },
    endStatus: textIn(fields, 'EndStatus'),
    satisfaction: starsIn(fields),
  };
}

/** RFC 3339, in UTC and whole seconds. */
export function dateTimeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

function textIn(fields: JsonObject, name: string): string | null {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

function integerIn(fields: JsonObject, name: string): number | null {
  const value = fields[name];
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}

/** A string here and an integer in other commands of the desk. */
function groupIdIn(fields: JsonObject): string | null {
  const id = fields['AgentGroupId'];
  return Number.isFinite(id) ? String(id) : textIn(fields, 'AgentGroupId');
}

/** The value for a session without a rating is not documented. */
function starsIn(fields: JsonObject): number | null {
  const stars = integerIn(fields, 'SatisfactionSelected');
  return stars !== null && stars >= 1 && stars <= 5 ? stars : null;
}
