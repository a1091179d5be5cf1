import { randomBytes } from 'node:crypto';
import { heuristicLifetime, UNCHANGING } from '../cache/freshness.js';
import {
  type Block,
  blockKey,
  type Frame,
  type Head,
  isQuiet,
  type Log,
  newestAt,
  tailStart,
  type TranscriptPolicy,
  withBlock,
} from './log.js';
import { type RenderedMessages } from './rendered-messages.js';
import { type FetchedWindow, BLOCK_SIZE, type Window } from './query.js';

/**
 * How long the windows of a session that contradicts itself are kept one by one before it is tried as a log again. A log that
 * shrinks, grows and shrinks again within this time contradicts itself too.
 */
export const CONTRADICTED_MS = 600_000;

/** `contradiction`: the session is no log. */
export type MergedHead = Log | 'contradiction';
/** `misfit`: it grew between two answers; neither is wrong. `shrunk`: there may be fewer messages than the head says. */
export type MergedBlock = MergedHead | 'misfit' | 'shrunk';

/** The same log with a head that is stale for every request, so that it is fetched again. */
export function withStaleHead(log: Log): Log {
  return { ...log, head: { ...log.head, arrivedAt: -Infinity, lifetimeMs: 0, basis: undefined } };
}

/** The window of a block: by its position from the start, or from the end if the total must be trusted. */
export function blockWindow(log: Log, frame: Frame, index: number): Window {
  const first = index * BLOCK_SIZE;
  if (frame === 'start') return { order: 'asc', offset: first, limit: BLOCK_SIZE };
  return { order: 'desc', offset: Math.max(0, log.head.total - first - BLOCK_SIZE), limit: BLOCK_SIZE };
}

/** Merges an answer to NEWEST_WINDOW. */
export function mergeHead(known: Log | undefined, answer: FetchedWindow, policy: TranscriptPolicy): MergedHead {
  if (!isComplete(answer)) return 'contradiction';
  if (known === undefined) return firstLog(answer, policy);
  // The answers of two concurrent calls may arrive in either order; only the later call can change the state.
  if (answer.askedAt < known.head.askedAt) return known;
  if (answer.total < known.head.total) return isLater(answer, known.head) ? shrunkLog(known, answer, policy) : known;
  const first = answer.total - answer.messages.count;
  if (!agrees(known, first, answer.messages, 'end')) return 'contradiction';
  const isSameTail = known.head.tail.equals(answer.messages) && known.head.total === answer.total;
  const isWhole = answer.messages.count === answer.total;
  const head = headOf(answer, policy, isSameTail ? known.head.tail : answer.messages);
  const next = { ...known, head, unmerged: new Map() };
  const overlaps = first < known.head.total || isWhole;
  if (overlaps) return { ...next, proven: known.proven || isWhole };
  return { ...next, proven: false, frame: newName(), blocks: certainBlocks(known) };
}

/** Merges an answer to `blockWindow(asked, frame, index)`; `known` is the state by now. */
export function mergeBlock(
  known: Log,
  asked: Log,
  frame: Frame,
  index: number,
  answer: FetchedWindow,
  policy: TranscriptPolicy,
): MergedBlock {
  if (!isComplete(answer)) return 'contradiction';
  if (known.epoch !== asked.epoch) return 'misfit';
  if (answer.total < known.head.total && isLater(answer, known.head)) return 'shrunk';
  if (frame === 'end' && (answer.total !== asked.head.total || known.frame !== asked.frame)) return 'misfit';

  const first = index * BLOCK_SIZE;
  if (!agrees(known, first, answer.messages, frame)) return 'contradiction';
  const next = withBlock(known, blockKey(known, frame, index), blockOf(first, known, answer, policy));
  if (next.proven || !showsEnd(known, first, answer)) return next;
  return joinsFrames(next) ? { ...next, proven: true } : 'contradiction';
}

/** A page must be as long as its total implies, or the total is not the number of messages. */
function isComplete({ window, messages, total }: FetchedWindow): boolean {
  return messages.count === Math.min(window.limit, Math.max(0, total - window.offset));
}

/** Requested after the head had arrived: any difference happened in between. */
function isLater(answer: FetchedWindow, head: Head): boolean {
  return head.arrivedAt <= answer.askedAt;
}

/** A new log: nothing says which messages of the old one are left, and where. */
function shrunkLog(known: Log, answer: FetchedWindow, policy: TranscriptPolicy): MergedHead {
  const { askedAt } = answer;
  const { shrunk, head } = known;
  const isLately = shrunk !== undefined && askedAt - shrunk.at < CONTRADICTED_MS;
  if (isLately && head.total > shrunk.total) return 'contradiction';
  return { ...firstLog(answer, policy), shrunk: { at: askedAt, total: answer.total } };
}

function firstLog(answer: FetchedWindow, policy: TranscriptPolicy): Log {
  const proven = answer.messages.count === answer.total;
  const head = headOf(answer, policy, answer.messages);
  return { kind: 'log', epoch: newName(), frame: newName(), proven, head, blocks: new Map(), unmerged: new Map() };
}

function headOf(
  { total, askedAt, arrivedAt, basis }: FetchedWindow,
  policy: TranscriptPolicy,
  tail: RenderedMessages,
): Head {
  return { total, tail, askedAt, arrivedAt, basis, lifetimeMs: heuristicLifetime(policy, askedAt, tail.newestAt) };
}

function blockOf(first: number, log: Log, answer: FetchedWindow, policy: TranscriptPolicy): Block {
  const { messages, askedAt, arrivedAt } = answer;
  const isSealed = messages.count === BLOCK_SIZE && isQuiet(policy, askedAt, messages.newestAt);
  const newest = Math.max(newestAt(log) ?? 0, messages.newestAt ?? 0);
  const lifetimeMs = isSealed ? policy.sealedMs : heuristicLifetime(policy, askedAt, newest);
  return { first, messages, askedAt, arrivedAt, basis: isSealed ? UNCHANGING : answer.basis, lifetimeMs };
}

/**
 * offset + returned = total, and the messages at the end are those of the head: so the total is the number of messages,
 * and positions counted from the end are right.
 */
function showsEnd(log: Log, first: number, { window, messages, total }: FetchedWindow): boolean {
  if (window.offset + messages.count !== total) return false;
  if (window.order === 'desc' || total === log.head.total) return true;
  return first < log.head.total && first + messages.count > tailStart(log);
}

/** Whether the two frames hold the same messages, once it is known where both end. */
function joinsFrames(log: Log): boolean {
  const joined: Log = { ...log, proven: true };
  return [...log.blocks.values()].every(({ first, messages }) => agrees(joined, first, messages, 'start'));
}

/** Whether these messages are, position by position, the held ones. An edited message is still the same message. */
function agrees(log: Log, first: number, messages: RenderedMessages, frame: Frame): boolean {
  const tail = { first: tailStart(log), messages: log.head.tail };
  const held = [...log.blocks].filter(([key]) => log.proven || key.startsWith('s') === (frame === 'start'));
  return [tail, ...held.map(([, block]) => block)].every((run) => matches(run, { first, messages }));
}

interface Run {
  readonly first: number;
  readonly messages: RenderedMessages;
}

function matches(a: Run, b: Run): boolean {
  const end = Math.min(a.first + a.messages.count, b.first + b.messages.count);
  for (let position = Math.max(a.first, b.first); position < end; position++) {
    if (!a.messages.isSameMessage(position - a.first, b.messages, position - b.first)) return false;
  }
  return true;
}

/**
 * The blocks whose positions are right without trusting the total: all of a proven log, else those counted from the
 * start.
 */
function certainBlocks(log: Log): ReadonlyMap<string, Block> {
  const certain = [...log.blocks].filter(([key]) => log.proven || key.startsWith('s')).map(([, block]) => block);
  const newestLast = certain.toSorted((a, b) => a.askedAt - b.askedAt);
  return new Map(newestLast.map((block) => [`s${block.first / BLOCK_SIZE}`, block]));
}

function newName(): string {
  return `e${randomBytes(5).toString('hex')}_`;
}
