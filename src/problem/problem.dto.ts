import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { type ProblemCode, problemKinds } from './problem.js';

const CODES = Object.keys(problemKinds);

@ApiSchema({ name: 'Fault' })
export class FaultDto {
  @ApiProperty({ type: String, example: 'limit' })
  declare field: string;

  @ApiProperty({ type: String, example: 'must be an integer from 1 to 100' })
  declare message: string;
}

@ApiSchema({ name: 'Problem', description: 'RFC 9457' })
export class ProblemDto {
  @ApiProperty({ type: String, format: 'uri', example: 'urn:desk-bff:problem:invalid-request' })
  declare type: string;

  @ApiProperty({ type: String, example: 'The request is invalid', description: 'The same for each `code`' })
  declare title: string;

  @ApiProperty({ type: 'integer', minimum: 400, maximum: 599, example: 400 })
  declare status: number;

  @ApiProperty({ type: String, example: 'The request has faults; `errors` lists them.' })
  declare detail: string;

  @ApiProperty({
    type: String,
    description: 'The path as it was sent, without its query',
    example: '/sessions/b0f4ca12-4850-4218-a284-efe679a87066/messages',
  })
  declare instance: string;

  @ApiProperty({ enum: CODES, example: 'invalid-request' })
  declare code: ProblemCode;

  @ApiProperty({ type: String, example: '4bf92f3577b34da6a3ce929d0e0e4736', description: 'Also in `X-Request-Id`' })
  declare requestId: string;

  @ApiPropertyOptional({
    type: String,
    description: 'The trace id, if the request is sampled or came with a valid `traceparent`',
  })
  declare traceId?: string;

  @ApiPropertyOptional({ type: 'integer', description: 'The ErrorCode, if the desk answered with one' })
  declare upstreamCode?: number;

  @ApiPropertyOptional({
    type: [FaultDto],
    maxItems: 20,
    description: 'Every fault of the input, or the first 20, if this service found them',
  })
  declare errors?: FaultDto[];
}
