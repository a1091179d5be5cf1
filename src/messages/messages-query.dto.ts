import { IsIn, IsInt, Max, Min } from 'class-validator';
import { IsIdentifier } from '../http/identifier.js';
import { LIMIT_RULE, MAX_LIMIT, MAX_OFFSET, OFFSET_RULE } from '../http/paging.js';

/**
 * What a request may ask for. Strings come in: whoever fills this in makes numbers of canonical decimals only and leaves
 * everything else as it is, to be refused here.
 */
export class MessagesRequestDto {
  @IsIdentifier()
  sessionId = '';

  @Max(MAX_LIMIT, { message: LIMIT_RULE })
  @Min(1, { message: LIMIT_RULE })
  @IsInt({ message: LIMIT_RULE })
  limit = 20;

  @Max(MAX_OFFSET, { message: OFFSET_RULE })
  @Min(0, { message: OFFSET_RULE })
  @IsInt({ message: OFFSET_RULE })
  offset = 0;

  @IsIn(['asc', 'desc'], { message: 'must be asc or desc' })
  order: 'asc' | 'desc' = 'desc';
}
