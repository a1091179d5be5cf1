import { type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type AuditFields, runInContext } from '../logging/request-context.js';
import { trace } from '../tracing/trace.js';
import { abortAtClose } from './abort-at-close.js';
import { acceptsGzip } from './accept-encoding.js';
import { csvHead } from './csv.js';
import { CONTENT_TYPES, type FileFormat } from './file-format.js';
import { type FileSlots } from './file-slots.js';
import { type ProblemSender } from './problem-sender.js';
import { NO_ROUTE, type RequestObserver } from './request-observer.js';
import { type ResponseHeaders } from './response-headers.js';
import { GoneReaderError, StalledReaderError, writeAtReadersPace } from './slow-reader.js';

/** Records in the file's format, and their number. */
export interface FilePart {
  readonly bytes: Buffer;
  readonly records: number;
}

/** A collection as a file. */
export interface FileSource {
  readonly format: FileFormat;
  /** Without its extension. */
  readonly name: string;
  readonly csvColumns: readonly string[];
  /** The query, for the audit line; the number of records is added under the second name. */
  readonly audit: AuditFields;
  readonly counted: string;
  /**
   * The records, block by block, and at the end the collection's total. The first block is loaded before the first
   * byte.
   */
  readonly parts: (signal: AbortSignal) => FileParts;
}

export type FileParts = AsyncGenerator<FilePart, number, undefined>;

export interface FileDownloadParts {
  readonly slots: FileSlots;
  readonly headers: ResponseHeaders;
  readonly observer: RequestObserver;
  readonly problems: ProblemSender;
  /** A client that reads nothing for this long while data waits is cut off. */
  readonly stalledMs: number;
}

/** How far a file got. */
interface Progress {
  records: number;
  hasFailed: boolean;
}

const GZIP = {
  // A file is compressed once, for one client: for chat text, level 6 saves 4 % in size at more than twice the CPU.
  level: 3,
  // After each block, since the next one may take long.
  flush: constants.Z_SYNC_FLUSH,
};

/** Sends whole collections as files, at the pace of the client: no block is loaded before the previous one was read. */
export class FileDownload {
  constructor(private readonly parts: FileDownloadParts) {}

  async respond(request: FastifyRequest, reply: FastifyReply, source: FileSource): Promise<void> {
    const { context } = request;
    const progress: Progress = { records: 0, hasFailed: false };
    // A getter, since the audit line is written at the end.
    context.audit = Object.defineProperty({ ...source.audit }, source.counted, {
      enumerable: true,
      get: () => progress.records,
    });
    if (request.method === 'HEAD') {
      reply.hijack();
      this.writeHead(request, reply.raw, source);
      context.outcome = 'complete';
      reply.raw.end();
      return;
    }
    const giveBack = this.parts.slots.take(context.caller ?? '');
    try {
      await this.send(request, reply, source, progress);
    } finally {
      giveBack();
    }
  }

  /** An error before the first byte is thrown and answered as a problem. */
  private async send(
    request: FastifyRequest,
    reply: FastifyReply,
    source: FileSource,
    progress: Progress,
  ): Promise<void> {
    const { context } = request;
    const response = reply.raw;
    // A file may wait for the desk for longer than the idle timeout of connections.
    response.setTimeout(0);
    const gone = abortAtClose(response);
    const parts = source.parts(gone.signal);
    const next = () => runInContext(context, () => trace('file block', {}, () => parts.next()));
    const first = await next();

    reply.hijack();
    const isGzip = this.writeHead(request, response, source);
    const { method, routeOptions } = request;
    const { statusCode: status } = response;
    this.parts.observer.measure(context, { route: routeOptions.url ?? NO_ROUTE, method, status });
    const body = this.body(request, source, { first, next, progress });
    try {
      await this.write(response, body, isGzip);
      context.outcome = progress.hasFailed ? 'failed' : 'complete';
      // Without the last chunk clients see that the file is incomplete; what was written before is still sent.
      if (progress.hasFailed) this.cutOffFailed(response, source.format, request.raw.httpVersion);
      else response.end();
    } catch (error) {
      if (error instanceof StalledReaderError) context.outcome = 'stalled';
      else if (!(error instanceof GoneReaderError) && !gone.signal.aborted) this.fail(request, error);
      cutOff(response, (socket) => {
        socket.destroy();
      });
    } finally {
      gone.abort();
      await parts.return(0);
    }
  }

  private async *body(
    request: FastifyRequest,
    { format, csvColumns }: FileSource,
    {
      first,
      next,
      progress,
    }: {
      readonly first: IteratorResult<FilePart, number>;
      readonly next: () => Promise<IteratorResult<FilePart, number>>;
      readonly progress: Progress;
    },
  ): AsyncGenerator<Buffer, void, undefined> {
    if (format === 'csv') yield csvHead(csvColumns);
    try {
      let step = first;
      for (; step.done !== true; step = await next()) {
        const { bytes, records } = step.value;
        yield bytes;
        progress.records += records;
      }
      if (format === 'ndjson') yield line({ type: 'end', total: step.value });
    } catch (error) {
      progress.hasFailed = true;
      const problem = this.fail(request, error);
      if (format === 'ndjson') yield line({ type: 'error', problem });
    }
  }

  /** csv has no last line, and HTTP/1.0 no last chunk: there only a reset shows that the file is incomplete. */
  private cutOffFailed(response: ServerResponse, format: FileFormat, httpVersion: string): void {
    cutOff(response, (socket) => {
      if (format === 'csv' && httpVersion === '1.0') socket.resetAndDestroy();
      else socket.destroySoon();
    });
  }

  private fail(request: FastifyRequest, error: unknown): object {
    request.context.outcome = 'failed';
    return this.parts.problems.documentOf(error, request);
  }

  private async write(response: ServerResponse, body: AsyncIterable<Buffer>, isGzip: boolean): Promise<void> {
    const sink = async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) await writeAtReadersPace(response, chunk, this.parts.stalledMs);
    };
    if (isGzip) await pipeline(body, createGzip(GZIP), sink);
    else await sink(body);
  }

  /** @returns whether the body has to be compressed */
  private writeHead({ context, headers }: FastifyRequest, response: ServerResponse, source: FileSource): boolean {
    const { format, name } = source;
    const isGzip = acceptsGzip(headers['accept-encoding']);
    const lines = this.parts.headers.linesOfRepresentation(context.requestId, headers.origin);
    lines.push('content-type', CONTENT_TYPES[format], 'cache-control', 'private, no-store');
    // Ids consist of characters that need no quoting; only the colon is not allowed in file names.
    lines.push('content-disposition', `attachment; filename="${name.replaceAll(':', '_')}.${format}"`);
    if (isGzip) lines.push('content-encoding', 'gzip');
    response.writeHead(200, lines);
    response.flushHeaders();
    return isGzip;
  }
}

/** A pipelined answer is cut off in its turn, after those before it: on Node 24, `destroy` would not end its connection. */
function cutOff(response: ServerResponse, cut: (socket: Socket) => void): void {
  if (response.socket !== null) cut(response.socket);
  else response.once('socket', (socket: Socket) => setImmediate(cut, socket));
}

function line(value: object): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}
