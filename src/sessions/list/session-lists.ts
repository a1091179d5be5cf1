import { Cache, type CacheOptions, type ReadOptions } from '../../cache/cache.js';
import { heuristicLifetime } from '../../cache/freshness.js';
import { type KeyedValue, type KeyedView, keyedValues } from '../../cache/keyed-value.js';
import { type Outcome, type Result } from '../../cache/result.js';
import { type CallOptions } from '../../desk/call-options.js';
import { describeImCdrList } from '../../desk/commands/describe-im-cdr-list.js';
import { type Desk } from '../../desk/desk.js';
import { BLOCK_SIZE, ListBlock } from './list-block.js';
import { defaultPeriod } from './period.js';
import { sessionRecordOf } from './session-record.js';
import { type SessionsQuery } from './sessions-request.js';

type BlockValue = KeyedValue<ListBlock>;
type BlockResult = Result<KeyedView<ListBlock>>;

/** One block of a list; each is a cached value of its own. */
interface BlockQuery extends SessionsQuery {
  readonly index: number;
}

/** What a page is cut out of: one block, or two where it straddles, and how they came about as one. */
export interface ListResult {
  readonly result: BlockResult;
  /** Index of the first record of the first block. */
  readonly first: number;
  readonly blocks: readonly ListBlock[];
}

/** Lists of sessions, in blocks of 100 for every page size. The default period is one list for all who ask in a minute. */
export class SessionLists {
  private readonly blocks: Cache<BlockQuery, BlockValue, BlockValue, KeyedView<ListBlock>>;

  constructor(options: CacheOptions & { readonly desk: Pick<Desk, 'call'> }) {
    const { policy, now, desk } = options;
    const resource = keyedValues<BlockQuery, ListBlock>({
      policy,
      fetch: (_id, query, callOptions) => fetchBlock(desk, query, now(), callOptions),
      lifetimeMs: (block, askedAt, { period }) =>
        period === undefined ? endMsOf(block) - askedAt : heuristicLifetime(policy, askedAt, endMsOf(block)),
      encode: (block) => block.encode(),
      decode: (payload) => ListBlock.decode(payload),
      byteLength: ({ byteLength }) => byteLength,
      now,
    });
    this.blocks = new Cache(resource, options);
  }

  /** A page that is fresh in memory; undefined where it takes more than that. */
  peek(query: SessionsQuery): ListResult | undefined {
    const { first, next } = blocksOf(query);
    const head = this.blocks.peek(idOf(query, first), { ...query, index: first });
    if (head === undefined) return this.peekBeyondEnd(query);
    if (next === undefined || !needs(head, next)) return listOf(first, [head]);
    const tail = this.blocks.peek(idOf(query, next), { ...query, index: next });
    return tail !== undefined && blockIn(head).fits(blockIn(tail)) ? listOf(first, [head, tail]) : undefined;
  }

  /** @throws DeskError */
  async read(query: SessionsQuery, options: ReadOptions): Promise<ListResult> {
    const { first, next } = blocksOf(query);
    const known = options.noCache === true ? undefined : this.peekBeyondEnd(query);
    if (known !== undefined) return known;
    const head = await this.readBlock(query, first, options);
    if (next === undefined || !needs(head, next)) return listOf(first, [head]);
    const tail = await this.readBlock(query, next, options);
    if (blockIn(head).fits(blockIn(tail))) return listOf(first, [head, tail]);
    // The list changed between the two: the older one is asked again, once.
    const isHeadOlder = head.view.of.askedAt <= tail.view.of.askedAt;
    const again = await this.readBlock(query, isHeadOlder ? first : next, { ...options, noCache: true });
    return listOf(first, isHeadOlder ? [again, tail] : [head, again]);
  }

  private readBlock(query: SessionsQuery, index: number, options: ReadOptions): Promise<BlockResult> {
    return this.blocks.read(idOf(query, index), { ...query, index }, options);
  }

  /** An offset beyond a known total is an empty page and costs no call. */
  private peekBeyondEnd(query: SessionsQuery): ListResult | undefined {
    const head = this.blocks.peek(idOf(query, 0), { ...query, index: 0 });
    return head !== undefined && query.offset >= blockIn(head).total ? listOf(0, [head]) : undefined;
  }
}

async function fetchBlock(desk: Pick<Desk, 'call'>, query: BlockQuery, now: number, options: CallOptions) {
  const { clientId, index, period = defaultPeriod(now) } = query;
  const window = { limit: BLOCK_SIZE, offset: index * BLOCK_SIZE };
  const { answer, askedAt } = await desk.call(describeImCdrList, { ...period, clientId, ...window }, options);
  return { value: ListBlock.of(period, answer.total, answer.records.map(sessionRecordOf)), askedAt };
}

function blocksOf({ offset, limit }: SessionsQuery): { first: number; next: number | undefined } {
  const first = Math.floor(offset / BLOCK_SIZE);
  const last = Math.floor((offset + limit - 1) / BLOCK_SIZE);
  return { first, next: last > first ? last : undefined };
}

function idOf({ period, clientId = '' }: SessionsQuery, index: number): string {
  return `${period === undefined ? 'default' : `${period.from}-${period.to}`}:${index}:${clientId}`;
}

function blockIn({ view }: BlockResult): ListBlock {
  return view.value;
}

function needs(head: BlockResult, next: number): boolean {
  return blockIn(head).total > next * BLOCK_SIZE;
}

/** Both ends belong to a period, so it ends with its last second. */
function endMsOf({ period }: ListBlock): number {
  return (period.to + 1) * 1000;
}

/** From what costs nothing to what costs a call. */
const BY_COST: readonly Outcome[] = ['hit', 'stale', 'collapsed', 'miss', 'bypass'];

/** Two blocks are as fresh as the staler one, and came about in the more expensive way. */
function listOf(index: number, results: readonly [BlockResult, ...BlockResult[]]): ListResult {
  const [head] = results;
  const dearest = results.reduce((a, b) => (BY_COST.indexOf(b.outcome) > BY_COST.indexOf(a.outcome) ? b : a));
  const stalest = results.reduce((a, b) => (b.view.remainingMs < a.view.remainingMs ? b : a));
  const result = results.length === 1 ? head : { ...dearest, view: stalest.view };
  return { result, first: index * BLOCK_SIZE, blocks: results.map(blockIn) };
}
