import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { CONTENT_UNION } from '../content-type.js';
import { type Fields } from '../fields.js';

// `Content` is a type parameter, because the union of that name contains this class: an import would be a circle.

@ApiSchema({ name: 'RelayedMessage' })
export class RelayedMessage<Content> {
  @ApiProperty({ type: String, nullable: true, example: '8618655061639' })
  declare readonly from: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2024-11-07T00:23:50.000Z' })
  declare readonly sentAt: string | null;

  @ApiProperty({ type: 'array', items: CONTENT_UNION, example: [{ type: 'text', text: 'hello' }] })
  declare readonly content: readonly Content[];
}

@ApiSchema({ name: 'RelayContent', description: 'Forwarded messages, nested at most five deep.' })
export class RelayContent<Content> {
  @ApiProperty({ enum: ['relay'] })
  declare readonly type: 'relay';

  @ApiProperty({ type: String, nullable: true, example: "Anna and Ben's chat" })
  declare readonly title: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 2 })
  declare readonly count: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'Please upgrade to read this' })
  declare readonly compatibleText: string | null;

  @ApiProperty({ type: [String], example: ['Anna: hello', 'Ben: [Image]'] })
  declare readonly abstracts: readonly string[];

  @ApiProperty({ type: [RelayedMessage] })
  declare readonly messages: readonly RelayedMessage<Content>[];

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Comes in place of `messages` if those are over 12 KB',
  })
  declare readonly key: string | null;
}

type ReadBody<Content> = (body: readonly unknown[]) => Content[];

/** Forwarded messages; `readBody` reads a forwarded message's own elements, one level deeper. */
export function readRelay<Content>(fields: Fields, readBody: ReadBody<Content>): RelayContent<Content> {
  return {
    type: 'relay',
    title: fields.string('Title'),
    count: fields.integer('MsgNum'),
    compatibleText: fields.string('CompatibleText'),
    abstracts: fields.strings('AbstractList'),
    messages: fields.objects('MsgList', (item) => readRelayed(item, readBody)),
    key: fields.string('JsonMsgKey'),
  };
}

function readRelayed<Content>(item: Fields, readBody: ReadBody<Content>): RelayedMessage<Content> {
  item.string('CloudCustomData'); // Documented, so its type is checked; not passed on.
  return {
    from: item.string('From_Account'),
    sentAt: fromSeconds(item.number('MsgTimeStamp')),
    content: readBody(item.list('MsgBody')),
  };
}

const YEAR_0 = Date.parse('0000-01-01T00:00:00.000Z');
const YEAR_10000 = Date.UTC(10000, 0, 1);

// RFC 3339 (`date-time` in the OpenAPI document) has years of four digits only. Larger values are probably milliseconds.
function fromSeconds(seconds: number | null): string | null {
  if (seconds === null) return null;
  const time = seconds * 1000;
  return time >= YEAR_0 && time < YEAR_10000 ? new Date(time).toISOString() : null;
}
