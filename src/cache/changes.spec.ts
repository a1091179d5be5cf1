import { expect, it } from '@jest/globals';
import { Changes } from './change-feed.js';

it('tells those who want to know of an id, until they want no more', () => {
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
