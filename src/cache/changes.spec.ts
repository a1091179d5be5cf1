import { expect, it } from '@jest/globals';
import { Subscriptions } from './change-feed.js';

it('notifies the listeners of an id until they unsubscribe', () => {
  const changes = new Subscriptions();
  const notified: string[] = [];
  const endA = changes.subscribe('one', () => notified.push('a'));
  changes.subscribe('one', () => notified.push('b'));
  changes.subscribe('two', () => notified.push('c'));
  changes.notify('one');
  endA();
  endA();
  changes.notify('one');
  changes.notify('nobody');
  expect(notified).toEqual(['a', 'b', 'b']);
});
