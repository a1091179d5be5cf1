import { expect, it } from '@jest/globals';
import { Changes } from './change-feed.js';

it('notifies the listeners of an id until they unsubscribe', () => {
  const changes = new Changes();
  const told: string[] = [];
  const endA = changes.subscribe('one', () => told.push('a'));
  changes.subscribe('one', () => told.push('b'));
  changes.subscribe('two', () => told.push('c'));
  changes.notify('one');
  endA();
  endA();
  changes.notify('one');
  changes.notify('nobody');
  expect(told).toEqual(['a', 'b', 'b']);
});
