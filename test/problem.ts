import { expect } from '@jest/globals';
import { type Answer } from './http.js';

/** Every problem code with its one title. */
const TITLES = {
  'invalid-request': 'The request is invalid',
  'session-not-found': 'There is no such session',
  'not-found': 'There is nothing here',
  'method-not-allowed': 'The method is not allowed here',
  'upstream-rate-limited': 'The desk limits calls',
  'upstream-rejected': 'The desk refuses this service',
  'upstream-failed': 'The desk failed',
  'upstream-timeout': 'The desk did not answer in time',
  unavailable: 'The service is not able to answer now',
} as const;

export interface ExpectedProblem {
  readonly status: number;
  readonly code: keyof typeof TITLES;
  readonly instance: string;
  readonly upstreamCode?: number;
  readonly errors?: readonly unknown[];
}

/** The whole document of RFC 9457, except the text of `detail`. */
export function expectProblem(answer: Answer, expected: ExpectedProblem): void {
  expect({ status: answer.status, body: answer.json() }).toEqual({
    status: expected.status,
    body: {
      type: `urn:desk-bff:problem:${expected.code}`,
      title: TITLES[expected.code],
      detail: expect.stringMatching(/^[A-Z][^{}<>]+\.$/),
      requestId: answer.headers['x-request-id'],
      ...expected,
    },
  });
  expect(answer.headers).toMatchObject({
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'content-length': String(answer.body.length),
    'x-request-id': expect.stringMatching(/^[\w.-]{1,128}$/),
  });
}
