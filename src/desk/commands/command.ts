import { type JsonObject } from '../../json.js';
import { type ErrorCodes } from './error-code.js';

/** One command of the Desk API, `POST v4/desk_http_svc/<name>`: everything that differs between commands. */
export interface DeskCommand<Request, Answer> {
  /** The last segment of its path; also its label in metrics and the name of its own cool-down. */
  readonly name: string;
  readonly body: (request: Request) => JsonObject;
  /** Checks an answer with ErrorCode 0; undefined if it is malformed or does not fit the request. */
  readonly read: (answer: JsonObject, request: Request) => Answer | undefined;
  /** 141xxx codes mean different things in different commands. */
  readonly codes: ErrorCodes;
}
