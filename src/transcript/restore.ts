import { type RestoreContext } from '../cache/resource.js';
import { HEAD, type StoredEntry } from '../cache/redis-store.js';
import { type StoredValue } from '../cache/stored-value.js';
import { type Block, type Log } from './log.js';
import { plainWindowOf, type TranscriptQuery } from './query.js';
import { askedAt, type Contradicted, logOf, totalOf, type TranscriptState, withWindow } from './state.js';
import {
  readBlock,
  readHead,
  readWindow,
  storedBlockName,
  storedProofName,
  storedWindowName,
} from './stored-transcript.js';

/**
 * Merges what this process holds with what Redis holds; the newer wins. If Redis has a newer version, the held blocks
 * are dropped: a replica may have fetched them again, and reading them from Redis costs the desk nothing.
 */
export function restore(
  mine: TranscriptState | undefined,
  stored: StoredEntry,
  { query, now, waitedFor }: RestoreContext<TranscriptQuery>,
): TranscriptState | undefined {
  const arrivedAt = (name: string, value: StoredValue) => (name === waitedFor ? now : value.askedAt);
  const theirs = stored.head && readHead(stored.head, arrivedAt(HEAD, stored.head));
  const state = newer(mine, theirs);
  if (state?.kind === 'log') return withStoredBlocks(state, stored, logOf(mine), arrivedAt);
  return state === undefined ? undefined : withStoredWindow(state, stored, query, arrivedAt);
}

type ArrivedAt = (name: string, value: StoredValue) => number;

function newer(mine: TranscriptState | undefined, theirs: TranscriptState | undefined): TranscriptState | undefined {
  if (theirs === undefined) return mine;
  if (mine === undefined || askedAt(mine) <= askedAt(theirs)) return keepTail(mine, theirs);
  // Ages from Redis are a little short, by a varying amount: a head that seems older may be the same one.
  return mine.kind === 'log' && isSameLog(mine, theirs) ? { ...mine, blocks: new Map() } : mine;
}

/** The frame must match too: a proof of another frame says nothing about this one. */
function isSameLog(mine: Log, theirs: TranscriptState): boolean {
  return theirs.kind === 'log' && mine.epoch === theirs.epoch && mine.frame === theirs.frame;
}

/**
 * If the messages are the same, the object and its time of arrival stay the same, so that pages made of it stay valid.
 */
function keepTail(mine: TranscriptState | undefined, theirs: TranscriptState): TranscriptState {
  if (mine?.kind !== 'log' || theirs.kind !== 'log') return theirs;
  const { total, tail, arrivedAt } = mine.head;
  if (total !== theirs.head.total || !tail.equals(theirs.head.tail)) return theirs;
  return { ...theirs, head: { ...theirs.head, tail, arrivedAt: Math.max(arrivedAt, theirs.head.arrivedAt) } };
}

function withStoredBlocks(log: Log, { parts }: StoredEntry, mine: Log | undefined, arrivedAt: ArrivedAt): Log {
  const blocks = new Map(log.blocks);
  const prefix = storedBlockName(log.epoch, '');
  for (const [name, value] of parts) {
    const key = name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
    const block = key === undefined ? undefined : readBlock(key, value, arrivedAt(name, value));
    if (key === undefined || block === undefined) continue;
    const held = blocks.get(key);
    if (held === undefined || held.askedAt < block.askedAt) blocks.set(key, keepMessages(mine?.blocks.get(key), block));
  }
  return { ...log, blocks, proven: log.proven || parts.has(storedProofName(log)) };
}

function keepMessages(mine: Block | undefined, theirs: Block): Block {
  if (mine?.first !== theirs.first || !mine.messages.equals(theirs.messages)) return theirs;
  return { ...theirs, messages: mine.messages, arrivedAt: Math.max(mine.arrivedAt, theirs.arrivedAt) };
}

function withStoredWindow(
  state: Contradicted,
  { parts }: StoredEntry,
  query: TranscriptQuery,
  arrivedAt: ArrivedAt,
): Contradicted {
  const window = plainWindowOf(query, totalOf(state));
  const name = storedWindowName(state.epoch, window);
  const value = parts.get(name);
  const answer = value && readWindow(window, value, arrivedAt(name, value));
  return answer === undefined ? state : withWindow(state, answer);
}
