import { createHash } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { ApiKeyAuthenticator } from './api-key-authenticator.js';

const digest = (text: string, encoding: 'utf8' | 'latin1' = 'utf8') =>
  createHash('sha256').update(text, encoding).digest();

function shows(key: string): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  request.headers = { 'x-api-key': key };
  return request;
}

/** The callers of this key: asked twice, before and after the key is remembered. */
function callerOf(authenticator: ApiKeyAuthenticator, key: string): string | undefined {
  const caller = authenticator.authenticate(shows(key));
  expect(authenticator.recall(shows(key))).toBe(caller);
  return caller?.name;
}

test('each key of a caller names the caller, before and after it was remembered', () => {
  const authenticator = new ApiKeyAuthenticator([
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
    expect(callerOf(authenticator, key)).toBe(caller);
  }
});

test('a wrong key stays wrong, however often it is sent and whatever was right before', () => {
  const authenticator = new ApiKeyAuthenticator([{ name: 'ann', digest: digest('right') }]);
  expect(callerOf(authenticator, 'right')).toBe('ann');
  for (const wrong of ['wrong', 'wrong', 'Right', 'righ', 'right ', digest('right').toString('hex')]) {
    expect(callerOf(authenticator, wrong)).toBeUndefined();
    expect(authenticator.recall(shows(wrong))).toBeUndefined();
  }
});

test('a key outside ASCII is compared by the bytes that were sent', () => {
  const authenticator = new ApiKeyAuthenticator([{ name: 'ann', digest: digest('schlüssel') }]);
  expect(callerOf(authenticator, Buffer.from('schlüssel').toString('latin1'))).toBe('ann');
});
