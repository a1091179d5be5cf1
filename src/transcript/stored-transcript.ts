import { keptMs } from '../cache/freshness.js';
import { HEAD, type StoredWrite } from '../cache/redis-store.js';
import { readCount, readText, type StoredValue } from '../cache/stored-value.js';
import { type Block, blockIndexes, blockKey, type Log, tailStart, type TranscriptPolicy } from './log.js';
import { RenderedMessages } from './rendered-messages.js';
import { BLOCK_SIZE, plainWindowOf, spanIn, type TranscriptQuery, type Window, windowKey } from './query.js';
import { type Contradicted, totalOf, type TranscriptState, type HeldWindow } from './state.js';

/**
 * A transcript in Redis: the head (kind `log` or `contradicted`), and besides it, each under its own key, the blocks of
 * the log's epoch, the proof of its frame, or the windows of a contradicted session.
 */

const EMPTY = Buffer.alloc(0);

export const storedBlockName = (epoch: string, key: string): string => `block:${epoch}:${key}`;
export const storedWindowName = (epoch: string, window: Window): string => `window:${epoch}:${windowKey(window)}`;
/** Written once the frame is proven. Not in the head: another replica may have written a newer head by then. */
export const storedProofName = ({ epoch, frame }: Log): string => `proof:${epoch}:${frame}`;

/** How long a head is kept: longer than its blocks, whose positions are unknown without it. */
export function headKeptMs(policy: TranscriptPolicy, lifetimeMs = 0): number {
  return keptMs(policy, Math.max(lifetimeMs, policy.sealedMs));
}

/** The values that a query needs besides the head. */
export function storedNames(state: TranscriptState, query: TranscriptQuery): readonly string[] {
  if (state.kind === 'contradicted') return [storedWindowName(state.epoch, plainWindowOf(query, totalOf(state)))];
  const { first, end } = spanIn(query, state.head.total);
  const countsFromEnd = !('offset' in query) || query.order === 'desc';
  const tailFrom = state.proven || countsFromEnd ? tailStart(state) : Infinity;
  const names = blockIndexes({ first, end: Math.min(end, tailFrom) }).flatMap((index) => [
    storedBlockName(state.epoch, blockKey(state, 'start', index)),
    storedBlockName(state.epoch, blockKey(state, 'end', index)),
  ]);
  return names.length === 0 || state.proven ? names : [...names, storedProofName(state)];
}

export function writeLog({ head, epoch, frame, proven, shrunk }: Log, policy: TranscriptPolicy): StoredWrite {
  const { total, tail, askedAt, lifetimeMs, basis } = head;
  // As an age, like all times there: replicas need not agree on the time.
  const shrunkFields = shrunk === undefined ? {} : { shrunkMs: askedAt - shrunk.at, shrunkTo: shrunk.total };
  const fields = { epoch, frame, proven, total, ...shrunkFields };
  const kept = headKeptMs(policy, lifetimeMs);
  return { name: HEAD, kind: 'log', fields, payload: tail.encode(), askedAt, lifetimeMs, basis, keptMs: kept };
}

export function writeContradicted({ epoch, askedAt, until }: Contradicted, now: number): StoredWrite {
  const lifetimeMs = until - askedAt;
  return {
    name: HEAD,
    kind: 'contradicted',
    fields: { epoch },
    payload: EMPTY,
    askedAt,
    lifetimeMs,
    keptMs: until - now,
  };
}

export function writeBlock(log: Log, key: string, block: Block, policy: TranscriptPolicy): StoredWrite[] {
  const { first, messages, askedAt, lifetimeMs, basis } = block;
  const name = storedBlockName(log.epoch, key);
  const kept = keptMs(policy, lifetimeMs);
  const payload = messages.encode();
  const dates = { askedAt, lifetimeMs, basis, keptMs: kept };
  const write: StoredWrite = { name, kind: 'block', fields: { first }, payload, ...dates };
  return log.proven ? [write, writeProof(log, policy)] : [write];
}

function writeProof(log: Log, policy: TranscriptPolicy): StoredWrite {
  const { askedAt, lifetimeMs } = log.head;
  const kept = headKeptMs(policy, lifetimeMs);
  return { name: storedProofName(log), kind: 'proof', fields: {}, payload: EMPTY, askedAt, lifetimeMs, keptMs: kept };
}

export function writeWindow(epoch: string, answer: HeldWindow, policy: TranscriptPolicy): StoredWrite {
  const { window, total, messages, askedAt, lifetimeMs, basis } = answer;
  return {
    name: storedWindowName(epoch, window),
    kind: 'window',
    fields: { ...window, total },
    payload: messages.encode(),
    askedAt,
    lifetimeMs,
    basis,
    keptMs: keptMs(policy, lifetimeMs),
  };
}

/** undefined for anything that was not written by the functions above: values in Redis are outside data. */
export function readHead(stored: StoredValue, arrivedAt: number): TranscriptState | undefined {
  const { kind, fields, askedAt, lifetimeMs, basis } = stored;
  const epoch = readText(fields, 'epoch');
  if (epoch === undefined) return undefined;
  if (kind === 'contradicted') return { kind, epoch, askedAt, until: askedAt + lifetimeMs, windows: new Map() };
  const tail = RenderedMessages.decode(stored.payload);
  const frame = readText(fields, 'frame');
  const total = readCount(fields, 'total');
  if (kind !== 'log' || frame === undefined || total === undefined) return undefined;
  if (tail?.count !== Math.min(total, BLOCK_SIZE)) return undefined;
  const head = { total, tail, askedAt, arrivedAt, lifetimeMs, basis };
  const shrunkMs = readCount(fields, 'shrunkMs');
  const shrunkTo = readCount(fields, 'shrunkTo') ?? 0;
  const shrunk = shrunkMs === undefined ? undefined : { at: askedAt - shrunkMs, total: shrunkTo };
  const proven = fields['proven'] === true;
  return { kind, epoch, frame, proven, shrunk, head, blocks: new Map(), unmerged: new Map() };
}

export function readBlock(key: string, stored: StoredValue, arrivedAt: number): Block | undefined {
  const { kind, fields, askedAt, lifetimeMs, basis } = stored;
  const messages = RenderedMessages.decode(stored.payload);
  const first = readCount(fields, 'first');
  if (kind !== 'block' || messages === undefined || first === undefined || messages.count > BLOCK_SIZE)
    return undefined;
  // The value of another block under this key: valid, but not usable here.
  if (Number(/\d+$/.exec(key)?.[0]) * BLOCK_SIZE !== first) return undefined;
  return { first, messages, askedAt, arrivedAt, lifetimeMs, basis };
}

export function readWindow(window: Window, stored: StoredValue, arrivedAt: number): HeldWindow | undefined {
  const { kind, fields, askedAt, lifetimeMs, basis } = stored;
  const messages = RenderedMessages.decode(stored.payload);
  const total = readCount(fields, 'total');
  if (kind !== 'window' || messages === undefined || total === undefined || messages.count > window.limit)
    return undefined;
  return { window, messages, total, askedAt, arrivedAt, lifetimeMs, basis };
}
