import { IsIdentifier } from '../../http/identifier.js';
import { readInput } from '../../http/request-input.js';

class SessionStateRequestDto {
  @IsIdentifier()
  sessionId = '';
}

/** @throws ProblemError `invalid-request` with every fault: a state has no parameters */
export function checkSessionStateRequest(sessionId: string, query: string): void {
  readInput(Object.assign(new SessionStateRequestDto(), { sessionId }), query, {});
}
