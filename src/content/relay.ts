import type { Content, RelayContent, RelayedMessage } from './content.js';
import type { Fields } from './fields.js';

/** Forwarded messages; `readBody` reads a forwarded message's own elements, one level deeper. */
export function readRelay(fields: Fields, readBody: (body: readonly unknown[]) => Content[]): RelayContent {
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

function readRelayed(item: Fields, readBody: (body: readonly unknown[]) => Content[]): RelayedMessage {
  item.string('CloudCustomData'); // documented, so its type is checked; not passed on
  return {
    from: item.string('From_Account'),
    sentAt: fromSeconds(item.number('MsgTimeStamp')),
    content: readBody(item.list('MsgBody')),
  };
}

const YEAR_0 = Date.parse('0000-01-01T00:00:00.000Z');
const YEAR_10000 = Date.UTC(10000, 0, 1);

// Years of more than four digits cannot be said in RFC 3339 (`date-time` of our OpenAPI document): most likely somebody
// sent milliseconds.
function fromSeconds(seconds: number | null): string | null {
  if (seconds === null) return null;
  const time = seconds * 1000;
  return time >= YEAR_0 && time < YEAR_10000 ? new Date(time).toISOString() : null;
}
