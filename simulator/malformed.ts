import { isList, isObject, type JsonObject } from './json-object.js';

type Spoil = (answer: JsonObject) => string | Buffer;

// Deeper than any real relay, and enough to overflow the stack of a reader that recurses without a bound.
const DEPTH = 50_000;

const spoils = {
  empty: () => '',
  'not-json': () => 'ActionStatus=OK&ErrorCode=0',
  html: () => '<html><head><title>Welcome to nginx!</title></head><body><h1>It works.</h1></body></html>',
  'invalid-utf8': (answer) => {
    const bytes = Buffer.from(JSON.stringify(withFirst(answer, { FromAccount: 'Andr@' })));
    // Latin-1's é instead of two UTF-8 bytes: the rest stays valid JSON.
    bytes.writeUInt8(0xe9, bytes.indexOf('Andr@') + 4);
    return bytes;
  },
  null: () => 'null',
  array: () => '[]',
  string: () => '"OK"',
  number: () => '0',
  'empty-object': () => '{}',
  'error-code-string': (answer) => JSON.stringify({ ...answer, ErrorCode: '0' }),
  'error-code-null': (answer) => JSON.stringify({ ...answer, ErrorCode: null }),
  'error-code-missing': (answer) => JSON.stringify({ ...answer, ErrorCode: undefined }),
  'error-code-fraction': (answer) => JSON.stringify({ ...answer, ErrorCode: 0.5 }),
  'messages-object': (answer) => JSON.stringify(withList(answer, {})),
  'messages-string': (answer) => JSON.stringify(withList(answer, '[]')),
  'messages-numbers': (answer) => JSON.stringify(withList(answer, [1, 2, 3])),
  'messages-nulls': (answer) => JSON.stringify(withList(answer, [null])),
  'messages-lists': (answer) => JSON.stringify(withList(answer, [[]])),
  'messages-null': (answer) => JSON.stringify(withList(answer, null)),
  'messages-missing': (answer) => JSON.stringify(withList(answer, undefined)),
  'total-string': (answer) => JSON.stringify({ ...answer, TotalCount: '26' }),
  'total-negative': (answer) => JSON.stringify({ ...answer, TotalCount: -1 }),
  'total-fraction': (answer) => JSON.stringify({ ...answer, TotalCount: 2.5 }),
  'total-null': (answer) => JSON.stringify({ ...answer, TotalCount: null }),
  'total-missing': (answer) => JSON.stringify({ ...answer, TotalCount: undefined }),
  'timestamp-string': (answer) => JSON.stringify(withFirst(answer, { Timestamp: '1730939030138' })),
  'timestamp-fraction': (answer) => JSON.stringify(withFirst(answer, { Timestamp: 1730939030138.5 })),
  'timestamp-out-of-range': (answer) => JSON.stringify(withFirst(answer, { Timestamp: 8640000000000001 })),
  'timestamp-null': (answer) => JSON.stringify(withFirst(answer, { Timestamp: null })),
  'timestamp-missing': (answer) => JSON.stringify(withFirst(answer, { Timestamp: undefined })),
  'fewer-than-asked': (answer) => JSON.stringify(withList(answer, listOf(answer).slice(0, -1))),
  'more-than-asked': (answer) =>
    JSON.stringify(
      withList(
        answer,
        listOf(answer).flatMap((item) => [item, item]),
      ),
    ),
  // Written as text: JSON.stringify itself would overflow.
  'deeply-nested': (answer) =>
    JSON.stringify(withFirst(answer, { MsgBody: '@' })).replace('"@"', '['.repeat(DEPTH) + ']'.repeat(DEPTH)),
} as const satisfies Record<string, Spoil>;

export type Malformation = keyof typeof spoils;

export function isMalformation(name: unknown): name is Malformation {
  return typeof name === 'string' && Object.hasOwn(spoils, name);
}

export const MALFORMATIONS: readonly Malformation[] = Object.keys(spoils).filter(isMalformation);

export function spoil(how: Malformation, answer: JsonObject): string | Buffer {
  const malform: Spoil = spoils[how];
  return malform(answer);
}

function withFirst(answer: JsonObject, change: JsonObject): JsonObject {
  const [first, ...rest] = listOf(answer);
  return withList(answer, [{ ...(isObject(first) ? first : {}), ...change }, ...rest]);
}

function withList(answer: JsonObject, list: unknown): JsonObject {
  return { ...answer, [nameOfList(answer)]: list };
}

function listOf(answer: JsonObject): readonly unknown[] {
  const list = answer[nameOfList(answer)];
  return isList(list) ? list : [];
}

/** Faults that messages and records have in common. */
function nameOfList(answer: JsonObject): 'IMCdrList' | 'Messages' {
  return 'IMCdrList' in answer ? 'IMCdrList' : 'Messages';
}
