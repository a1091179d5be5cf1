import { LRUCache } from 'lru-cache';
import { type BackgroundOptions, type CacheOptions } from '../../cache/cache.js';
import { type ReadOptions } from '../../cache/lookup.js';
import { type Outcome } from '../../cache/result.js';
import { DeskError } from '../../desk/desk-error.js';
import { type Desk } from '../../desk/desk.js';
import { BLOCK_SIZE, type ListBlock } from './list-block.js';
import { type BlockQuery, type BlockResult, ListBlocks, listIdOf } from './list-blocks.js';
import { type ListQuery, type SessionsQuery } from './sessions-request.js';

/** The source of a page: one block, or two if it straddles, and their common cache outcome. */
export interface ListResult {
  readonly result: BlockResult;
  /** Index of the first record of the first block. */
  readonly first: number;
  readonly blocks: readonly [ListBlock, ...ListBlock[]];
}

/** How many lists have their last block remembered, for its total. */
const REMEMBERED_LISTS = 10_000;

/**
 * Lists of sessions, in blocks of 100 for every page size. The default period is one list for all requests of a minute.
 */
export class SessionLists {
  private readonly blocks: ListBlocks;
  /** The block of each list that was read last: any block has the total. */
  private readonly lastRead = new LRUCache<string, number>({ max: REMEMBERED_LISTS });

  constructor(options: CacheOptions & { readonly desk: Pick<Desk, 'call'> }) {
    this.blocks = new ListBlocks(options);
  }

  /** A page that is fresh in memory; undefined if more is needed. */
  peek(query: SessionsQuery): ListResult | undefined {
    const { first, next } = blocksOf(query);
    const head = this.peekBlock(query, first);
    if (head === undefined) return this.peekBeyondEnd(query);
    if (next === undefined || !needs(head, next)) return listOf(first, [head]);
    const tail = this.peekBlock(query, next);
    return tail !== undefined && blockIn(head).fits(blockIn(tail)) ? listOf(first, [head, tail]) : undefined;
  }

  /** @throws DeskError */
  async read(query: SessionsQuery, options: ReadOptions): Promise<ListResult> {
    const { first, next } = blocksOf(query);
    const asked = await this.blockToAsk(query, first);
    const askedBlock = await this.readBlock(query, asked, options);
    if (asked !== first && blockIn(askedBlock).total <= query.offset) return listOf(asked, [askedBlock]);
    const head = asked === first ? askedBlock : await this.readBlock(query, first, options);
    if (next === undefined || !needs(head, next)) return listOf(first, [head]);
    const tail = await this.readBlock(query, next, options);
    return blockIn(head).fits(blockIn(tail))
      ? listOf(first, [head, tail])
      : this.refetchOlder(query, head, tail, options);
  }

  /** One block, read in the background: waits for its turn and for rate limits. */
  async readInBackground(query: ListQuery, index: number, options: BackgroundOptions): Promise<ListBlock> {
    const { value } = await this.blocks.readInBackground(...blockOf(query, index), options);
    return value;
  }

  /** The page's first block; or the one with the total, if the page is beyond it and needs no call of its own. */
  private async blockToAsk(query: SessionsQuery, first: number): Promise<number> {
    if (first === 0 || this.peekBlock(query, first) !== undefined) return first;
    for (const index of this.blocksWithTotal(query)) {
      const known = await this.blocks.find(...blockOf(query, index));
      if (known !== undefined && known.value.total <= query.offset) return index;
    }
    return first;
  }

  /** The list changed between the two blocks of a page: the older one is fetched again, once. */
  private async refetchOlder(
    query: SessionsQuery,
    head: BlockResult,
    tail: BlockResult,
    options: ReadOptions,
  ): Promise<ListResult> {
    const { first, next = first } = blocksOf(query);
    const isHeadOlder = head.view.state.askedAt <= tail.view.state.askedAt;
    const again = await this.refetch(query, isHeadOlder ? first : next, options);
    const [one, two] = isHeadOlder ? [again ?? head, tail] : [head, again ?? tail];
    // If it changes all the time, the page ends with its first block, and "nextOffset" leads to the second.
    return blockIn(one).fits(blockIn(two)) ? listOf(first, [one, two]) : listOf(first, [one]);
  }

  /** undefined if the desk fails and the caller can use what is held. */
  private async refetch(query: SessionsQuery, index: number, options: ReadOptions): Promise<BlockResult | undefined> {
    try {
      const again = await this.readBlock(query, index, { ...options, noCache: true });
      return options.noCache === true ? again : { ...again, outcome: 'miss', forwarded: 'stale' };
    } catch (error) {
      if (options.noCache !== true && error instanceof DeskError) return undefined;
      throw error;
    }
  }

  private async readBlock(query: SessionsQuery, index: number, options: ReadOptions): Promise<BlockResult> {
    const block = await this.blocks.read(...blockOf(query, index), options);
    this.lastRead.set(listIdOf(query), index);
    return block;
  }

  private peekBlock(query: SessionsQuery, index: number): BlockResult | undefined {
    return this.blocks.peek(...blockOf(query, index));
  }

  /** An offset beyond a known total is an empty page. */
  private peekBeyondEnd(query: SessionsQuery): ListResult | undefined {
    for (const index of this.blocksWithTotal(query)) {
      const block = this.peekBlock(query, index);
      if (block !== undefined && blockIn(block).total <= query.offset) return listOf(index, [block]);
    }
    return undefined;
  }

  /** The blocks that are most likely to be held: each has the total of the list. */
  private blocksWithTotal(query: SessionsQuery): Iterable<number> {
    return new Set([this.lastRead.get(listIdOf(query)) ?? 0, 0]);
  }
}

function blocksOf({ offset, limit }: SessionsQuery): { first: number; next: number | undefined } {
  const first = Math.floor(offset / BLOCK_SIZE);
  const last = Math.floor((offset + limit - 1) / BLOCK_SIZE);
  return { first, next: last > first ? last : undefined };
}

/** A block's id, and its query. */
function blockOf({ period, clientId }: ListQuery, index: number): [id: string, query: BlockQuery] {
  const query = { period, clientId, index };
  return [`${listIdOf(query)}:${index}`, query];
}

function blockIn({ view }: BlockResult): ListBlock {
  return view.value;
}

function needs(head: BlockResult, next: number): boolean {
  return blockIn(head).total > next * BLOCK_SIZE;
}

/** From the cheapest outcome to the most expensive one. */
const BY_COST: readonly Outcome[] = ['hit', 'stale', 'collapsed', 'miss', 'bypass'];

/** Two blocks are as fresh as the staler one, with the more expensive outcome. */
function listOf(index: number, [head, tail]: readonly [BlockResult, BlockResult?]): ListResult {
  const first = index * BLOCK_SIZE;
  if (tail === undefined) return { result: head, first, blocks: [blockIn(head)] };
  const costlier = BY_COST.indexOf(tail.outcome) > BY_COST.indexOf(head.outcome) ? tail : head;
  const staler = tail.view.remainingMs < head.view.remainingMs ? tail : head;
  return { result: { ...costlier, view: staler.view }, first, blocks: [blockIn(head), blockIn(tail)] };
}
