import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { pino } from 'pino';
import { messageOf } from '../../../test/model-desk.js';
import { Subscriptions } from '../../cache/change-feed.js';
import { DeskNotFoundError, DeskRateLimitedError } from '../../desk/desk-error.js';
import { RenderedMessages } from '../../transcript/rendered-messages.js';
import { type TranscriptView } from '../../transcript/view.js';
import { type SessionChange, Watch } from './watch.js';

const START = 1_700_000_000_000;

describe('a watch', () => {
  let changes: Subscriptions;
  let updates: Subscriptions;
  let known: TranscriptView | undefined;
  let knownAt: number;
  let refreshes: number[];
  /** What the next refreshes return. */
  let desk: () => TranscriptView;
  let notified: (SessionChange | 'gone')[];
  let watch: Watch;

  /** Messages `first` up to but not including `total`, fetched just now, fresh for 2 s. */
  const view = (total: number, { first = 0, edited = -1, hasPositions = true } = {}): TranscriptView => {
    const list = Array.from({ length: total - first }, (_, i) =>
      messageOf(first + i, START - 1000, first + i === edited ? 'edited' : undefined),
    );
    return {
      total,
      first: hasPositions ? first : undefined,
      offset: first,
      slices: [{ messages: RenderedMessages.of(list), from: 0, to: list.length }],
      newestAt: START - 1000,
      lifetimeMs: 2000,
      ageMs: 0,
      remainingMs: 2000,
    };
  };

  /** The state by now. */
  const aged = (of: TranscriptView): TranscriptView => {
    const ageMs = of.ageMs + Date.now() - knownAt;
    return { ...of, ageMs, remainingMs: of.lifetimeMs - ageMs };
  };

  beforeEach(() => {
    jest.useFakeTimers({ now: START, doNotFake: ['nextTick', 'queueMicrotask'] });
    [changes, updates] = [new Subscriptions(), new Subscriptions()];
    refreshes = [];
    notified = [];
    known = view(3);
    knownAt = START;
    const latest = known;
    desk = () => latest;
    watch = new Watch(
      'session',
      {
        transcripts: {
          changes,
          updates,
          recall: () => known && aged(known),
          refresh: () => {
            refreshes.push(Date.now() - START);
            return Promise.resolve().then(() => {
              known = desk();
              knownAt = Date.now();
              updates.notify('session');
            });
          },
          catchUp: () => Promise.resolve(),
        },
        isReporting: () => false,
        now: () => Date.now(),
        logger: pino({ level: 'silent' }),
      },
      view(3),
    );
    watch.add({ onChange: (change) => notified.push(change), onGone: () => notified.push('gone') });
  });

  afterEach(() => {
    watch.close();
    jest.useRealTimers();
  });

  const learn = (next: TranscriptView) => {
    known = next;
    updates.notify('session');
  };

  it('reports nothing while the content is the same, whoever called the desk', () => {
    learn(view(3));
    learn(view(3));
    expect(notified).toEqual([]);
  });

  it('reports new and edited messages', () => {
    learn(view(5, { edited: 1 }));
    expect(notified).toMatchObject([{ kind: 'log', newest: { total: 5 }, edited: [{ position: 1 }] }]);
  });

  it('polls when the view is stale, and at once after a change is reported', async () => {
    await jest.advanceTimersByTimeAsync(1999);
    expect(refreshes).toEqual([]);
    desk = () => view(4);
    await jest.advanceTimersByTimeAsync(1);
    expect(refreshes).toEqual([2000]);
    expect(notified).toMatchObject([{ kind: 'log', newest: { total: 4 } }]);
    await jest.advanceTimersByTimeAsync(1500);
    changes.notify('session');
    await jest.advanceTimersByTimeAsync(1);
    expect(refreshes).toEqual([2000, 3500]);
  });

  it('reports invalid positions when the log shrank, once the desk was asked again', () => {
    // As it may come from a replica with an older view.
    learn({ ...view(2), ageMs: 500 });
    expect(notified).toEqual([]);
    learn(view(2));
    expect(notified).toMatchObject([{ kind: 'reset', id: 2, newest: { total: 2 } }]);
  });

  it('reports a session that contradicts itself without positions', () => {
    learn(view(4, { hasPositions: false }));
    learn(view(5, { hasPositions: false }));
    expect(notified).toMatchObject([
      { kind: 'reset', id: undefined, newest: { total: 4 } },
      { kind: 'reset', id: undefined, newest: { total: 5 } },
    ]);
  });

  it('keeps the known view when memory is short', () => {
    known = undefined;
    updates.notify('session');
    expect(watch.newest.total).toBe(3);
    expect(notified).toEqual([]);
  });

  it('continues after a failure, no sooner than the error says', async () => {
    desk = () => {
      throw new DeskRateLimitedError('limited', { retryAfterMs: 4000 });
    };
    await jest.advanceTimersByTimeAsync(5999);
    expect(refreshes).toEqual([2000]);
    desk = () => view(4);
    await jest.advanceTimersByTimeAsync(1);
    expect(refreshes).toEqual([2000, 6000]);
    expect(notified).toMatchObject([{ kind: 'log', newest: { total: 4 } }]);
  });
});

it('reports that the session is gone', () => {
  const updates = new Subscriptions();
  let isGone = false;
  const messages = RenderedMessages.of([]);
  const view = { total: 0, first: 0, offset: 0, slices: [{ messages, from: 0, to: 0 }], newestAt: undefined };
  const watch = new Watch(
    'session',
    {
      transcripts: {
        changes: new Subscriptions(),
        updates,
        recall: () => {
          if (isGone) throw new DeskNotFoundError('not found');
          return undefined;
        },
        refresh: () => Promise.resolve(),
        catchUp: () => Promise.resolve(),
      },
      isReporting: () => false,
      now: () => Date.now(),
      logger: pino({ level: 'silent' }),
    },
    { ...view, lifetimeMs: 2000, ageMs: 0, remainingMs: 2000 },
  );
  let notified = 0;
  watch.add({ onChange: () => undefined, onGone: () => (notified += 1) });
  isGone = true;
  updates.notify('session');
  expect(notified).toBe(1);
  watch.close();
});
