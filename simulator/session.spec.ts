import { describe, expect, it, test } from '@jest/globals';
import { isObject } from './json-object.js';
import { Session } from './session.js';
import { textMessage } from './sessions/wire.js';

const AT = [1, 2, 2, 3];
const messages = AT.map((at, i) => textMessage(`m${i}`, at));

function texts(session: Session, order: 1 | 2, offset = 0, limit = 100): string[] {
  const page = session.page({ sessionId: 's', limit, offset, order }, 0);
  return (page.Messages ?? []).map((message) => /m\d/.exec(JSON.stringify(message))?.[0] ?? '');
}

describe('a session', () => {
  it('answers Order 1 oldest first and Order 2 as its mirror', () => {
    const session = new Session([...messages]);
    expect(texts(session, 1)).toEqual(['m0', 'm1', 'm2', 'm3']);
    expect(texts(session, 2)).toEqual(['m3', 'm2', 'm1', 'm0']);
  });

  it('cuts pages out of either order', () => {
    const session = new Session([...messages]);
    expect(texts(session, 1, 1, 2)).toEqual(['m1', 'm2']);
    expect(texts(session, 2, 3, 2)).toEqual(['m0']);
    expect(texts(session, 2, 4, 2)).toEqual([]);
  });

  test.each([
    ['oldest-first', ['m0', 'm1', 'm2', 'm3'], ['m0', 'm1', 'm2', 'm3']],
    ['newest-first', ['m3', 'm2', 'm1', 'm0'], ['m3', 'm2', 'm1', 'm0']],
    ['ties-kept', ['m0', 'm1', 'm2', 'm3'], ['m3', 'm1', 'm2', 'm0']],
    ['contradicting', ['m0', 'm1', 'm2', 'm3'], ['m2', 'm3', 'm0', 'm1']],
  ] as const)('changes its order: %s', (order, first, second) => {
    const session = new Session([...messages]);
    session.answerOrder = order;
    expect(texts(session, 1)).toEqual(first);
    expect(texts(session, 2)).toEqual(second);
  });

  it('answers another total, and an empty page in three ways', () => {
    const session = new Session([]);
    session.claimedTotal = 7;
    const page = () => session.page({ sessionId: 's', limit: 1, offset: 0, order: 1 }, 0);
    expect(page()).toMatchObject({ Messages: [], TotalCount: 7 });
    session.emptyPage = 'null';
    expect(page()).toMatchObject({ Messages: null, TotalCount: 7 });
    session.emptyPage = 'absent';
    expect(isObject(page()) && 'Messages' in page()).toBe(false);
  });

  it('shrinks to its oldest messages and grows at the new end', () => {
    const session = new Session([...messages]);
    session.keepOldest(2, 0);
    session.append([textMessage('m9', 9)], 0);
    expect(texts(session, 1)).toEqual(['m0', 'm1', 'm9']);
  });
});
