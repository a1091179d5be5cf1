import { type BackgroundOptions } from '../../cache/cache.js';
import { type Clock } from '../../clock.js';
import { type FilePart, type FileParts, type FileSource } from '../../http/file-download.js';
import { BLOCK_SIZE, type ListBlock } from './list-block.js';
import { defaultPeriod, type Period } from './period.js';
import { type SessionLists } from './session-lists.js';
import { dateTimeOf } from './session-record.js';
import { CSV_COLUMNS, csvSessions, idOfRecord, ndjsonLines } from './sessions-file-lines.js';
import { type SessionsFileQuery } from './sessions-request.js';
import { auditOf } from './sessions-route.js';

export interface SessionsFilesParts {
  readonly lists: Pick<SessionLists, 'readInBackground'>;
  /** The longest time without a call to the desk; after that the file fails. */
  readonly maxWaitMs: number;
  readonly now: Clock;
}

/** All session records of a period as a file, each id once. */
export class SessionsFiles {
  constructor(private readonly parts: SessionsFilesParts) {}

  source(query: SessionsFileQuery): FileSource {
    const { format, period } = query;
    return {
      format,
      name: period === undefined ? 'sessions' : `sessions-${dateTimeOf(period.from)}-${dateTimeOf(period.to)}`,
      csvColumns: CSV_COLUMNS,
      audit: auditOf(query),
      counted: 'sessions',
      parts: (signal) => this.readAll(query, signal),
    };
  }

  /** If the total changed meanwhile, records have moved between blocks: a second pass finds the missed ones. */
  private async *readAll(query: SessionsFileQuery, signal: AbortSignal): FileParts {
    const options = { signal, maxWaitMs: this.parts.maxWaitMs };
    const lines = new UniqueLines(query);
    const first = await this.parts.lists.readInBackground(query, 0, options);
    let { total } = first;
    for (let index = 0; index * BLOCK_SIZE < total; index++) {
      const block = index === 0 ? first : await this.block(query, first.period, index, options);
      yield lines.of(block);
      ({ total } = block);
      lines.sawTotal(total);
    }
    if (lines.hasOneTotal) return total;
    for (let index = 0; index * BLOCK_SIZE < total; index++) {
      const known = await this.block(query, first.period, index, options);
      const block =
        known.total === total ? known : await this.block(query, first.period, index, { ...options, noCache: true });
      yield lines.of(block);
      ({ total } = block);
    }
    return total;
  }

  /** In the period of the first block: the default period is a different one a minute later. */
  private async block(
    query: SessionsFileQuery,
    period: Period,
    index: number,
    options: BackgroundOptions,
  ): Promise<ListBlock> {
    const { lists, now } = this.parts;
    if (query.period === undefined && defaultPeriod(now()).to === period.to) {
      const block = await lists.readInBackground(query, index, options);
      if (block.period.to === period.to) return block;
    }
    return lists.readInBackground({ ...query, period }, index, options);
  }
}

/** The lines of the records that were in no block before. */
class UniqueLines {
  private readonly ids = new Set<string>();
  private readonly totals = new Set<number>();

  constructor(private readonly query: SessionsFileQuery) {}

  get hasOneTotal(): boolean {
    return this.totals.size <= 1;
  }

  sawTotal(total: number): void {
    this.totals.add(total);
  }

  of({ records }: ListBlock): FilePart {
    const fresh = records.filter((record) => {
      const id = idOfRecord(record);
      const isNew = !this.ids.has(id);
      this.ids.add(id);
      return isNew;
    });
    const bytes = this.query.format === 'csv' ? csvSessions(fresh) : ndjsonLines(fresh);
    return { bytes, records: fresh.length };
  }
}
