/** An event of `text/event-stream` (HTML standard, "Server-sent events"). */
export interface ServerSentEvent {
  type: string;
  data: string;
  /** undefined: the last event id stays as it was. */
  id: string | undefined;
  /** Milliseconds to wait before reconnecting. */
  retry: number | undefined;
}

export async function* readEvents(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<ServerSentEvent> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    // An event that is not ended by an empty line is ignored.
    if (done) return;
    const blocks = (rest + value).replaceAll('\r\n', '\n').split('\n\n');
    rest = blocks.pop() ?? '';
    yield* blocks.map(parse);
  }
}

function parse(block: string): ServerSentEvent {
  const event: ServerSentEvent = { type: 'message', data: '', id: undefined, retry: undefined };
  for (const line of block.split('\n')) {
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === 'event') event.type = value;
    else if (field === 'data') event.data += event.data === '' ? value : `\n${value}`;
    else if (field === 'id') event.id = value;
    else if (field === 'retry' && /^\d+$/.test(value)) event.retry = Number(value);
  }
  return event;
}
