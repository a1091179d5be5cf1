import { IsIn, IsOptional, ValidateBy } from 'class-validator';
import { type FileFormat, faultsOfFile, FORMAT_RULE, FORMATS, type Format } from '../../http/file-format.js';
import { IsIdentifier } from '../../http/identifier.js';
import { fillInput, invalidRequest, isUsualQuery, ValidQueries, withConflicts } from '../../http/request-input.js';
import { DEFAULT_LIMIT, IsLimit, IsOffset } from '../../http/paging.js';
import { type InputFault } from '../../problem/problem.js';
import { parseDateTime, type Period, periodOf } from './period.js';

/** The sessions of a period, or of the default period if none is given. */
export interface ListQuery {
  readonly period: Period | undefined;
  readonly clientId: string | undefined;
}

/** All of them, as a file. */
export interface SessionsFileQuery extends ListQuery {
  readonly format: FileFormat;
}

/** A window of them. */
export interface SessionsQuery extends ListQuery {
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

/** A rule of `from`, so that its fault is listed with the others. */
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

  @IsLimit()
  limit: number | undefined = undefined;

  @IsOffset()
  offset: number | undefined = undefined;

  @IsIn(FORMATS, { message: FORMAT_RULE })
  format: Format = 'json';
}

const PARAMETERS = {
  from: 'text',
  to: 'text',
  clientId: 'text',
  limit: 'number',
  offset: 'number',
  format: 'text',
} as const;
const TARGET = /^\/sessions(?:\?(.*))?$/;

/** Pages only: a request for a file is expensive in any case. */
const valid = new ValidQueries<SessionsQuery>();

/** The parsed query of a target that was found valid before. */
export function recallSessionsQuery(target: string): SessionsQuery | undefined {
  const match = TARGET.exec(target);
  return match === null ? undefined : valid.get(match[1] ?? '');
}

/** @throws ProblemError `invalid-request` with the first 20 faults of the whole input */
export function readSessionsQuery(query: string): SessionsQuery | SessionsFileQuery {
  const known = valid.get(query);
  if (known !== undefined) return known;
  const input = new SessionsRequestDto();
  const faults = faultsIn(input, query);
  if (faults.length > 0) throw invalidRequest(faults);
  const asked = queryIn(input);
  return 'format' in asked ? asked : valid.keep(query, asked);
}

/** The parsed query of a request that is refused for another reason; a long one is not parsed. */
export function readRefusedQuery(query: string): SessionsQuery | SessionsFileQuery | undefined {
  const input = new SessionsRequestDto();
  return isUsualQuery(query) && faultsIn(input, query).length === 0 ? queryIn(input) : undefined;
}

function faultsIn(input: SessionsRequestDto, query: string): InputFault[] {
  const faults = fillInput(input, query, PARAMETERS);
  const { limit, offset, format } = input;
  return withConflicts(faults, format === 'json' ? [] : faultsOfFile({ limit, offset }));
}

function queryIn(input: SessionsRequestDto): SessionsQuery | SessionsFileQuery {
  const { from, to, clientId, limit = DEFAULT_LIMIT, offset = 0, format } = input;
  const list = { period: periodOf(secondsOf(from), secondsOf(to)), clientId };
  return format === 'json' ? { ...list, limit, offset } : { ...list, format };
}

/** A value that is no date-time has a fault of its own. */
function isOrdered(from: unknown, to: string | undefined): boolean {
  const [start, end] = [typeof from === 'string' ? secondsOf(from) : undefined, secondsOf(to)];
  return start === undefined || end === undefined || start <= end;
}

function secondsOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDateTime(text);
}
