import { type JsonObject } from '../../json.js';
import { type ErrorCodes } from './error-code.js';

/** One command of the Desk API, `POST v4/desk_http_svc/<name>`: all that the rest of this room does not know of it. */
export interface DeskCommand<Request, Answer> {
  /** The last segment of its path; also its label in metrics and the name of its own cool-down. */
  readonly name: string;
  readonly body: (request: Request) => JsonObject;
  /** Checks an answer whose ErrorCode is 0; undefined where it is not one to this request. */
  readonly read: (answer: JsonObject, request: Request) => Answer | undefined;
  /** 141xxx codes mean different things in different commands. */
  readonly codes: ErrorCodes;
}
