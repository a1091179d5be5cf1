/** A JSON object as it came from outside: nothing is known of its fields. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * One message of a session, as far as the desk's answer was checked (API page, "Response Packet Fields"): the timestamp
 * is a valid date in milliseconds; everything else is still the desk's word and is read with care in `src/content`.
 */
export interface DeskMessage {
  readonly fromAccount: string | null;
  readonly fromAccountRole: unknown;
  readonly timestamp: number;
  readonly msgBody: unknown;
}
