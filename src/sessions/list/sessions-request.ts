import { IsInt, IsOptional, Max, Min, ValidateBy } from 'class-validator';
import { IsIdentifier } from '../../http/identifier.js';
import { fillInput, invalidRequest, readInput } from '../../http/request-input.js';
import { LIMIT_RULE, MAX_LIMIT, MAX_OFFSET, OFFSET_RULE } from '../../http/paging.js';
import { isUsualQuery, ValidQueries } from '../../http/valid-queries.js';
import { parseDateTime, type Period, periodOf } from './period.js';

/** What a request lists: a window of the sessions of a period, or of the default period where none is given. */
export interface SessionsQuery {
  readonly period: Period | undefined;
  readonly clientId: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

const IsDateTime = (): PropertyDecorator =>
  ValidateBy({
    name: 'isDateTime',
    validator: {
      validate: (value) => typeof value === 'string' && parseDateTime(value) !== undefined,
      defaultMessage: () => 'must be an RFC 3339 date-time of the years 1970 to 9999',
    },
  });

class SessionsRequestDto {
  @IsOptional()
  @IsDateTime()
  from: string | undefined = undefined;

  @IsOptional()
  @IsDateTime()
  to: string | undefined = undefined;

  @IsOptional()
  @IsIdentifier()
  clientId: string | undefined = undefined;

  @Max(MAX_LIMIT, { message: LIMIT_RULE })
  @Min(1, { message: LIMIT_RULE })
  @IsInt({ message: LIMIT_RULE })
  limit = 20;

  @Max(MAX_OFFSET, { message: OFFSET_RULE })
  @Min(0, { message: OFFSET_RULE })
  @IsInt({ message: OFFSET_RULE })
  offset = 0;
}

const PARAMETERS = { from: 'text', to: 'text', clientId: 'text', limit: 'number', offset: 'number' } as const;
const TARGET = /^\/sessions(?:\?(.*))?$/;

const valid = new ValidQueries<SessionsQuery>();

/** What a target asks for, where that takes no work: the query proved valid before. */
export function recallSessionsQuery(target: string): SessionsQuery | undefined {
  const match = TARGET.exec(target);
  return match === null ? undefined : valid.get(match[1] ?? '');
}

/** @throws ProblemError `invalid-request` with the first faults */
export function readSessionsQuery(query: string): SessionsQuery {
  const known = valid.get(query);
  if (known !== undefined) return known;
  const read = queryIn(readInput(new SessionsRequestDto(), query, PARAMETERS));
  if (!isInOrder(read)) throw invalidRequest([{ field: 'from', message: 'must not be after to' }]);
  return valid.keep(query, read);
}

/** What a request asks for that is refused for another reason, so that nothing long is read for it. */
export function readRefusedQuery(query: string): SessionsQuery | undefined {
  const input = new SessionsRequestDto();
  if (!isUsualQuery(query) || fillInput(input, query, PARAMETERS).length > 0) return undefined;
  const read = queryIn(input);
  return isInOrder(read) ? read : undefined;
}

function queryIn({ from, to, clientId, limit, offset }: SessionsRequestDto): SessionsQuery {
  return { period: periodOf(secondsOf(from), secondsOf(to)), clientId, limit, offset };
}

function isInOrder({ period }: SessionsQuery): boolean {
  return period === undefined || period.from <= period.to;
}

function secondsOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDateTime(text);
}
