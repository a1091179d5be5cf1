import { IsIn, IsOptional } from 'class-validator';
import { faultsOfFile, type FileFormat, type Format, FORMAT_RULE, FORMATS } from '../http/file-format.js';
import { IDENTIFIER, isIdentifier, IsIdentifier } from '../http/identifier.js';
import { fillInput, invalidRequest, isUsualQuery, ValidQueries, withConflicts } from '../http/request-input.js';
import { type InputFault } from '../problem/problem.js';
import { type PageQuery } from '../transcript/query.js';
import { DEFAULT_LIMIT, IsLimit, IsOffset } from '../http/paging.js';

/**
 * The parameters of a request; undefined if left out. Values arrive as strings: canonical decimals become numbers,
 * anything else stays text and is refused by the rules here.
 */
class MessagesRequestDto {
  @IsIdentifier()
  sessionId = '';

  @IsLimit()
  limit: number | undefined = undefined;

  @IsOffset()
  offset: number | undefined = undefined;

  @IsOptional()
  @IsIn(['asc', 'desc'], { message: 'must be asc or desc' })
  order: 'asc' | 'desc' | undefined = undefined;

  @IsOffset()
  before: number | undefined = undefined;

  @IsOffset()
  after: number | undefined = undefined;

  @IsIn(FORMATS, { message: FORMAT_RULE })
  format: Format = 'json';

  @IsOffset()
  from: number | undefined = undefined;
}

/** A request for a page whose query was found valid before. */
export interface RecalledRequest {
  readonly sessionId: string;
  readonly window: PageQuery;
}

/** All messages from a position on, as a file. */
export interface FileQuery {
  readonly format: FileFormat;
  readonly from: number;
}

const PARAMETERS = {
  limit: 'number',
  offset: 'number',
  order: 'text',
  before: 'number',
  after: 'number',
  format: 'text',
  from: 'number',
} as const;
const TARGET = new RegExp(`^/sessions/(${IDENTIFIER})/messages(?:\\?(.*))?$`);

/** Pages only: a request for a file is expensive in any case. */
const valid = new ValidQueries<PageQuery>();

/** The parsed query of a target that was found valid before and has nothing encoded. */
export function recallMessagesRequest(target: string): RecalledRequest | undefined {
  const [, sessionId, query = ''] = TARGET.exec(target) ?? [];
  const window = sessionId === undefined ? undefined : valid.get(query);
  return sessionId === undefined || window === undefined ? undefined : { sessionId, window };
}

/** @throws ProblemError `invalid-request` with the first faults of both */
export function readMessagesRequest(sessionId: string, query: string): PageQuery | FileQuery {
  const known = valid.get(query);
  if (known !== undefined && isIdentifier(sessionId)) return known;
  const input = inputFor(sessionId);
  const faults = faultsIn(input, query);
  if (faults.length > 0) throw invalidRequest(faults);
  const asked = queryIn(input);
  return 'format' in asked ? asked : valid.keep(query, asked);
}

/** The parsed query of a request that is refused for another reason; a long one is not parsed. */
export function readRefusedRequest(
  sessionId: string,
  query: string,
): { readonly sessionId: string; readonly window: PageQuery | FileQuery } | undefined {
  const input = inputFor(sessionId);
  return isUsualQuery(query) && faultsIn(input, query).length === 0 ? { sessionId, window: queryIn(input) } : undefined;
}

function inputFor(sessionId: string): MessagesRequestDto {
  return Object.assign(new MessagesRequestDto(), { sessionId });
}

function faultsIn(input: MessagesRequestDto, query: string): InputFault[] {
  return withConflicts(fillInput(input, query, PARAMETERS), conflictsIn(input));
}

/** Parameters that are valid by themselves but not together. */
function conflictsIn({ limit, offset, order, before, after, format, from }: MessagesRequestDto): InputFault[] {
  if (format !== 'json') return faultsOfFile({ limit, offset, order, before, after });
  const position = before ?? after;
  return [
    ...(before !== undefined && after !== undefined ? [{ field: 'after', message: 'does not go with before' }] : []),
    ...(position !== undefined && offset !== undefined
      ? [{ field: 'offset', message: 'does not go with before or after' }]
      : []),
    ...(from === undefined ? [] : [{ field: 'from', message: 'goes only with format=ndjson or format=csv' }]),
  ];
}

function queryIn({
  limit = DEFAULT_LIMIT,
  offset = 0,
  order,
  before,
  after,
  format,
  from = 0,
}: MessagesRequestDto): PageQuery | FileQuery {
  if (format !== 'json') return { format, from };
  if (before !== undefined) return { limit, before, order: order ?? 'desc' };
  if (after !== undefined) return { limit, after, order: order ?? 'asc' };
  return { limit, offset, order: order ?? 'desc' };
}
