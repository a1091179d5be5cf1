import { Cache, type CacheOptions } from '../../cache/cache.js';
import { type FreshnessPolicy, heuristicLifetime } from '../../cache/freshness.js';
import { type KeyedValue, type KeyedView, keyedValues } from '../../cache/keyed-value.js';
import { type Result } from '../../cache/result.js';
import { type CallOptions } from '../../desk/call-options.js';
import { describeImCdrList } from '../../desk/commands/describe-im-cdr-list.js';
import { type Desk } from '../../desk/desk.js';
import { BLOCK_SIZE, ListBlock } from './list-block.js';
import { defaultPeriod } from './period.js';
import { sessionRecordOf } from './session-record.js';
import { type SessionsQuery } from './sessions-request.js';

type BlockValue = KeyedValue<ListBlock>;
export type BlockResult = Result<KeyedView<ListBlock>>;

/** One block of a list. */
export interface BlockQuery extends Pick<SessionsQuery, 'period' | 'clientId'> {
  readonly index: number;
}

/** Blocks of lists, each a cached value of its own. */
export class ListBlocks extends Cache<BlockQuery, BlockValue, BlockValue, KeyedView<ListBlock>> {
  constructor(options: CacheOptions & { readonly desk: Pick<Desk, 'call'> }) {
    const { policy, now, desk } = options;
    super(
      keyedValues<BlockQuery, ListBlock>({
        policy,
        fetch: (_id, query, callOptions) => fetchBlock(desk, query, now(), callOptions),
        lifetimeMs: (block, askedAt, query) => lifetimeOf(block, askedAt, query, policy),
        encode: (block) => block.encode(),
        decode: (payload) => ListBlock.decode(payload),
        byteLength: ({ byteLength }) => byteLength,
        now,
      }),
      options,
    );
  }
}

/** One list for all pages of a period and a client; the default period is one list, whatever the time. */
export function listIdOf({ period, clientId = '' }: Pick<SessionsQuery, 'period' | 'clientId'>): string {
  return `${period === undefined ? 'default' : `${period.from}-${period.to}`}:${clientId}`;
}

async function fetchBlock(desk: Pick<Desk, 'call'>, query: BlockQuery, now: number, options: CallOptions) {
  const { clientId, index, period = defaultPeriod(now) } = query;
  const window = { limit: BLOCK_SIZE, offset: index * BLOCK_SIZE };
  const { answer, askedAt } = await desk.call(describeImCdrList, { ...period, clientId, ...window }, options);
  return { value: ListBlock.of(period, answer.total, answer.records.map(sessionRecordOf)), askedAt };
}

/** The default period is fresh until its end; for any other one, freshness depends on how long ago it ended. */
function lifetimeOf(block: ListBlock, askedAt: number, { period }: BlockQuery, policy: FreshnessPolicy): number {
  const { to } = block.period;
  if (period !== undefined) return heuristicLifetime(policy, askedAt, to * 1000);
  // The end is included. It may be over already if the call had to wait for its turn.
  return Math.max(0, (to + 1) * 1000 - askedAt);
}
