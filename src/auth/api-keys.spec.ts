import { createHash } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { ApiKeys } from './api-keys.js';

const digest = (text: string, encoding: 'utf8' | 'latin1' = 'utf8') =>
  createHash('sha256').update(text, encoding).digest();

function shows(key: string): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.headers = { 'x-api-key': key };
  return request;
}

test('each key of a caller names the caller, before and after it was remembered', () => {
  const keys = new ApiKeys([
    { name: 'ann', digest: digest('old') },
    { name: 'ann', digest: digest('new') },
    { name: 'bob', digest: digest('bobs') },
  ]);
  for (const [key, caller] of [
    ['old', 'ann'],
    ['new', 'ann'],
    ['bobs', 'bob'],
    ['old', 'ann'],
  ] as const) {
    expect(keys.callerOf(shows(key))).toBe(caller);
  }
});

test('a wrong key stays wrong, however often it is shown and whatever was right before', () => {
  const keys = new ApiKeys([{ name: 'ann', digest: digest('right') }]);
  expect(keys.callerOf(shows('right'))).toBe('ann');
  for (const wrong of ['wrong', 'wrong', 'Right', 'righ', 'right ', digest('right').toString('hex')]) {
    expect(keys.callerOf(shows(wrong))).toBeUndefined();
  }
});

test('a key outside ASCII is compared by the bytes that were sent', () => {
  const keys = new ApiKeys([{ name: 'ann', digest: digest('schlüssel') }]);
  expect(keys.callerOf(shows(Buffer.from('schlüssel').toString('latin1')))).toBe('ann');
});
