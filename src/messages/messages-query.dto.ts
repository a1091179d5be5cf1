import { IsIn, IsInt, Matches, Max, Min } from 'class-validator';

const LIMIT = 'must be an integer from 1 to 100';
const OFFSET = 'must be an integer from 0 to 2147483647';

/**
 * What a request may ask for. Strings come in: whoever fills this in makes numbers of canonical decimals only and leaves
 * everything else as it is, to be refused here.
 */
export class MessagesRequestDto {
  @Matches(/^[\w.~@:+=-]{1,128}$/, { message: 'must be 1 to 128 characters out of A-Z a-z 0-9 . _ ~ @ : + = -' })
  sessionId = '';

  @Max(100, { message: LIMIT })
  @Min(1, { message: LIMIT })
  @IsInt({ message: LIMIT })
  limit = 20;

  @Max(2147483647, { message: OFFSET })
  @Min(0, { message: OFFSET })
  @IsInt({ message: OFFSET })
  offset = 0;

  @IsIn(['asc', 'desc'], { message: 'must be asc or desc' })
  order: 'asc' | 'desc' = 'desc';
}
