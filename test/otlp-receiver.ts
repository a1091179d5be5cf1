import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { isList, isObject, type JsonObject } from '../simulator/json-object.js';

/** A span as it was received. */
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly attributes: JsonObject;
  /** The linked spans. */
  readonly links: readonly string[];
  readonly isError: boolean;
  readonly startedAt: bigint;
}

export interface OtlpReceiver {
  readonly url: string;
  /** All so far, in the order in which they ended. */
  readonly spans: () => readonly ReceivedSpan[];
  /** Every request so far, as its bytes. */
  readonly bodies: readonly Buffer[];
  readonly requests: readonly IncomingMessage[];
  readonly close: () => Promise<void>;
}

export type AnswerExport = (request: IncomingMessage, response: ServerResponse) => void;

function accept(_request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('content-type', 'application/json').end('{}');
}

/** A receiver of traces by OTLP over HTTP that reads JSON, and keeps any other request as bytes. */
export async function startOtlpReceiver(answer: AnswerExport = accept): Promise<OtlpReceiver> {
  const bodies: Buffer[] = [];
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks));
      requests.push(request);
      answer(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const spans = () => bodies.flatMap(spansOf);
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    spans,
    bodies,
    requests,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function spansOf(body: Buffer): ReceivedSpan[] {
  if (body[0] !== '{'.charCodeAt(0)) return [];
  const sent: unknown = JSON.parse(body.toString());
  return listIn(sent, 'resourceSpans')
    .flatMap((resource) => listIn(resource, 'scopeSpans'))
    .flatMap((scope) => listIn(scope, 'spans'))
    .map(readSpan);
}

function readSpan(span: unknown): ReceivedSpan {
  if (!isObject(span)) throw new Error('a span is no object');
  const { name, traceId, spanId, parentSpanId, kind, status, startTimeUnixNano } = span;
  return {
    name: String(name),
    traceId: String(traceId),
    spanId: String(spanId),
    parentSpanId: typeof parentSpanId === 'string' && parentSpanId !== '' ? parentSpanId : undefined,
    kind: Number(kind),
    attributes: Object.fromEntries(listIn(span, 'attributes').map(readAttribute)),
    links: listIn(span, 'links').map((link) => String(isObject(link) ? link['spanId'] : '')),
    isError: isObject(status) && status['code'] === 2,
    startedAt: BigInt(String(startTimeUnixNano)),
  };
}

function readAttribute(attribute: unknown): [string, unknown] {
  if (!isObject(attribute) || !isObject(attribute['value'])) throw new Error('an attribute has no value');
  const [value] = Object.values(attribute['value']);
  return [String(attribute['key']), value];
}

function listIn(value: unknown, key: string): readonly unknown[] {
  const list = isObject(value) ? value[key] : undefined;
  return isList(list) ? list : [];
}

/** A span's tree in indented lines, in the order in which spans began. */
export function treeOf(
  spans: readonly ReceivedSpan[],
  root: ReceivedSpan,
  line: (span: ReceivedSpan) => string,
): string[] {
  const children = spans
    .filter(({ parentSpanId }) => parentSpanId === root.spanId)
    .sort((a, b) => Number(a.startedAt - b.startedAt));
  return [line(root), ...children.flatMap((child) => treeOf(spans, child, line).map((text) => `  ${text}`))];
}
