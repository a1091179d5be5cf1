import { IsInt, IsOptional, Max, Min, ValidateBy } from 'class-validator';
import { IsIdentifier } from '../../http/identifier.js';
import { fillInput, readInput } from '../../http/request-input.js';
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

/** One rule of `from`, so that its fault stands beside the others. */
const IsNotAfterTo = (): PropertyDecorator =>
  ValidateBy({
    name: 'isNotAfterTo',
    validator: {
      validate: (from, args) => !(args?.object instanceof SessionsRequestDto) || isOrdered(from, args.object.to),
      defaultMessage: () => 'must not be after to',
    },
  });

class SessionsRequestDto {
  @IsOptional()
  @IsNotAfterTo()
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

/** @throws ProblemError `invalid-request` with every fault */
export function readSessionsQuery(query: string): SessionsQuery {
  const known = valid.get(query);
  if (known !== undefined) return known;
  return valid.keep(query, queryIn(readInput(new SessionsRequestDto(), query, PARAMETERS)));
}

/** What a request asks for that is refused for another reason, so that nothing long is read for it. */
export function readRefusedQuery(query: string): SessionsQuery | undefined {
  const input = new SessionsRequestDto();
  return isUsualQuery(query) && fillInput(input, query, PARAMETERS).length === 0 ? queryIn(input) : undefined;
}

function queryIn({ from, to, clientId, limit, offset }: SessionsRequestDto): SessionsQuery {
  return { period: periodOf(secondsOf(from), secondsOf(to)), clientId, limit, offset };
}

/** What is no date-time has a fault of its own. */
function isOrdered(from: unknown, to: string | undefined): boolean {
  const [start, end] = [typeof from === 'string' ? secondsOf(from) : undefined, secondsOf(to)];
  return start === undefined || end === undefined || start <= end;
}

function secondsOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDateTime(text);
}
