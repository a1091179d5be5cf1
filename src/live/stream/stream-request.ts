import { IsIdentifier } from '../../http/identifier.js';
import { IsOffset } from '../../http/paging.js';
import { fillInput, invalidRequest, toParameter } from '../../http/request-input.js';

class StreamRequestDto {
  @IsIdentifier()
  sessionId = '';

  @IsOffset()
  from: number | undefined = undefined;

  @IsOffset()
  'Last-Event-ID': number | undefined = undefined;
}

/**
 * Where a stream begins: where the reader left it, where the query says, or (undefined) now.
 *
 * @throws ProblemError `invalid-request` with the first faults of all
 */
export function readStreamRequest(
  sessionId: string,
  query: string,
  lastEventId: string | undefined,
): number | undefined {
  const input = Object.assign(new StreamRequestDto(), { sessionId });
  if (lastEventId !== undefined && lastEventId !== '')
    Object.assign(input, { 'Last-Event-ID': toParameter(lastEventId, 'number') });
  const faults = fillInput(input, query, { from: 'number' });
  if (faults.length > 0) throw invalidRequest(faults);
  return input['Last-Event-ID'] ?? input.from;
}
