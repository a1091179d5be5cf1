import { DeskFailedError } from '../desk/desk-error.js';
import { type FileParts, type FileSource } from '../http/file-download.js';
import { BLOCK_SIZE, type TranscriptQuery } from '../transcript/query.js';
import { type Transcripts } from '../transcript/transcripts.js';
import { countOf } from '../transcript/view.js';
import { CSV_COLUMNS, csvMessages, ndjsonLines } from './messages-file-lines.js';
import { type FileQuery } from './messages-request.js';

/** All messages of a session as a file: what it held when the file began, oldest first. */
export class MessagesFiles {
  constructor(
    private readonly transcripts: Pick<Transcripts, 'readInBackground'>,
    /** The longest time without a call to the desk; after that the file fails. */
    private readonly maxWaitMs: number,
  ) {}

  source(sessionId: string, { format, from }: FileQuery): FileSource {
    return {
      format,
      name: `messages-${sessionId}`,
      csvColumns: CSV_COLUMNS,
      audit: { sessionId, format, from },
      counted: 'messages',
      parts: (signal) => this.parts(sessionId, { format, from }, signal),
    };
  }

  private async *parts(sessionId: string, { format, from }: FileQuery, signal: AbortSignal): FileParts {
    const write = format === 'csv' ? csvMessages : ndjsonLines;
    const { maxWaitMs } = this;
    const read = (query: TranscriptQuery) => this.transcripts.readInBackground(sessionId, query, { signal, maxWaitMs });
    let end = (Math.floor(from / BLOCK_SIZE) + 1) * BLOCK_SIZE;
    let view = await read({ after: from - 1, limit: end - from, order: 'asc' });
    const { total } = view;
    for (let first = from; first < total;) {
      const records = countOf(view);
      const isShort = view.first !== undefined && records !== Math.min(end, total) - first;
      if (isShort || view.total < total) {
        throw new DeskFailedError('the session lost messages while they were read');
      }
      yield { bytes: write(view), records };
      first = end;
      end += BLOCK_SIZE;
      // Only now: no block is loaded before the previous one was read.
      if (first < total) view = await read({ first, end: Math.min(end, total) });
    }
    return total;
  }
}
