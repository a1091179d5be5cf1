import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsIdentifier } from '../../http/identifier.js';
import { MAX_OFFSET, OFFSET_RULE } from '../../http/paging.js';
import { fillInput, invalidRequest, toParameter } from '../../http/request-input.js';

const IsPosition = (): PropertyDecorator => (target, key) => {
  const rules = [IsOptional(), IsInt({ message: OFFSET_RULE }), Min(0, { message: OFFSET_RULE })];
  for (const rule of [...rules, Max(MAX_OFFSET, { message: OFFSET_RULE })]) rule(target, key);
};

class StreamRequestDto {
  @IsIdentifier()
  sessionId = '';

  @IsPosition()
  from: number | undefined = undefined;

  @IsPosition()
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
