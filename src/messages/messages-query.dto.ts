import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { FORMAT_RULE, FORMATS, type Format } from '../http/file-format.js';
import { IsIdentifier } from '../http/identifier.js';
import { LIMIT_RULE, MAX_LIMIT, MAX_OFFSET, OFFSET_RULE } from '../http/paging.js';

const IsPosition = (): PropertyDecorator => (target, name) => {
  IsOptional()(target, name);
  Max(MAX_OFFSET, { message: OFFSET_RULE })(target, name);
  Min(0, { message: OFFSET_RULE })(target, name);
  IsInt({ message: OFFSET_RULE })(target, name);
};

/**
 * What a request may ask for; undefined is what it leaves out. Strings come in: whoever fills this in makes numbers of
 * canonical decimals only and leaves everything else as it is, to be refused here.
 */
export class MessagesRequestDto {
  @IsIdentifier()
  sessionId = '';

  @IsOptional()
  @Max(MAX_LIMIT, { message: LIMIT_RULE })
  @Min(1, { message: LIMIT_RULE })
  @IsInt({ message: LIMIT_RULE })
  limit: number | undefined = undefined;

  @IsPosition()
  offset: number | undefined = undefined;

  @IsOptional()
  @IsIn(['asc', 'desc'], { message: 'must be asc or desc' })
  order: 'asc' | 'desc' | undefined = undefined;

  @IsPosition()
  before: number | undefined = undefined;

  @IsPosition()
  after: number | undefined = undefined;

  @IsIn(FORMATS, { message: FORMAT_RULE })
  format: Format = 'json';

  @IsPosition()
  from: number | undefined = undefined;
}
