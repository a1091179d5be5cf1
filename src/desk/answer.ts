import { isJsonObject, parseJson } from '../json.js';
import { isReadable } from './answer-bounds.js';
import { type DeskCommand } from './commands/command.js';
import { isInteger } from './commands/field.js';

/** What a well-formed answer says: ErrorCode 0 with what was asked for, or another ErrorCode. */
export type DeskAnswer<Answer> =
  { readonly code: 0; readonly answer: Answer } | { readonly code: number; readonly answer: null };

/**
 * Reads the body of an answer; undefined where it is malformed. This is the boundary: behind it, answers are checked.
 */
export function readDeskAnswer<Request, Answer>(
  { read }: DeskCommand<Request, Answer>,
  request: Request,
  body: Buffer,
): DeskAnswer<Answer> | undefined {
  const text = body.toString('utf8');
  const json = isReadable(text) ? parseJson(text) : undefined;
  if (!isJsonObject(json)) return undefined;
  const code = json['ErrorCode'];
  if (!isInteger(code)) return undefined;
  if (code !== 0) return { code, answer: null };
  const answer = read(json, request);
  return answer === undefined ? undefined : { code, answer };
}
