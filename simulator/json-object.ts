export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// Array.isArray turns unknown into any[]; this keeps what is inside unknown.
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

export function isWholeNumber(value: unknown, from: number, to = Number.MAX_SAFE_INTEGER): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= from && value <= to;
}
