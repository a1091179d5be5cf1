import { csvLines, type CsvRow } from '../../http/csv.js';
import { type JsonObject, objectOf, parseJson } from '../../json.js';

export const CSV_COLUMNS = [
  'id',
  'startedAt',
  'durationSeconds',
  'channel',
  'clientId',
  'clientNickname',
  'agentId',
  'groupId',
  'groupName',
  'endStatus',
  'satisfaction',
] as const;

/** Records are the JSON that is served; each becomes a line, with its `type` first. */
export function ndjsonLines(records: readonly string[]): Buffer {
  return Buffer.from(records.map((record) => `{"type":"session",${record.slice(1)}\n`).join(''));
}

export function csvSessions(records: readonly string[]): Buffer {
  return csvLines(records.map((record) => rowOf(objectOf(parseJson(record)))));
}

export function idOfRecord(record: string): string {
  return String(objectOf(parseJson(record))['id']);
}

function rowOf({ client, agent, group, ...record }: JsonObject): CsvRow {
  const [ofClient, ofAgent, ofGroup] = [objectOf(client), objectOf(agent), objectOf(group)];
  const cells = [
    ...[record['id'], record['startedAt'], record['durationSeconds'], record['channel']],
    ...[ofClient['id'], ofClient['nickname'], ofAgent['id'], ofGroup['id'], ofGroup['name']],
    ...[record['endStatus'], record['satisfaction']],
  ];
  return cells.map((cell) => (typeof cell === 'string' || typeof cell === 'number' ? cell : null));
}
