import { describe, expect, it, test } from '@jest/globals';
import { sampleRecord } from '../../../simulator/sessions/own-records.js';
import { readDeskAnswer } from '../answer.js';
import { describeImCdrList } from './describe-im-cdr-list.js';
import { errorOutcome } from './error-code.js';

const request = { from: 1730390400, to: 1730476799, clientId: '1299314544', limit: 10, offset: 0 };

/** The sample of the API page. */
const sample = sampleRecord('a97d3e1f-a88b-403b-9b3a-7bc6554ea05d', 1730443136);

const read = (change: object) => {
  const body = JSON.stringify({ ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '', ...change });
  return readDeskAnswer(describeImCdrList, request, Buffer.from(body))?.answer;
};

describe('the body of describe_im_cdr_list', () => {
  it('is the sample of the API page', () => {
    expect(describeImCdrList.name).toBe('describe_im_cdr_list');
    expect(JSON.stringify(describeImCdrList.body(request))).toBe(
      '{"StartTimestamp":1730390400,"EndTimestamp":1730476799,"ClientUserId":"1299314544","Limit":10,"Offset":0}',
    );
  });

  it('names no client if none is asked for', () => {
    expect(describeImCdrList.body({ ...request, clientId: undefined })).not.toHaveProperty('ClientUserId');
  });
});

describe('an answer', () => {
  it('is read with its id and time checked, and the rest unchanged', () => {
    expect(read({ TotalCount: 1, IMCdrList: [sample] })).toEqual({
      records: [{ sessionId: sample.SessionId, timestamp: 1730443136, fields: sample }],
      total: 1,
    });
  });

  it('needs no field of a record but its id and time', () => {
    const bare = { SessionId: 's', Timestamp: 0 };
    expect(read({ TotalCount: 9, IMCdrList: [bare] })).toMatchObject({ records: [{ sessionId: 's' }], total: 9 });
  });

  test.each([
    ['a list', { IMCdrList: [] }],
    ['null', { IMCdrList: null }],
    ['absent', {}],
  ])('without records is %s', (_, change) => {
    expect(read({ TotalCount: 0, ...change })).toEqual({ records: [], total: 0 });
  });

  test.each([
    ['an empty list with a total', { TotalCount: 7, IMCdrList: [] }],
    ['fewer records than the total says', { TotalCount: 7, IMCdrList: [sample] }],
  ])('may have %s', (_, change) => {
    expect(read(change)).toMatchObject({ total: 7 });
  });

  test.each([
    ['no total', { IMCdrList: [] }],
    ['a total as text', { TotalCount: '1', IMCdrList: [sample] }],
    ['a total below 0', { TotalCount: -1, IMCdrList: [] }],
    ['a fraction for a total', { TotalCount: 1.5, IMCdrList: [sample] }],
    ['null for a list with a total', { TotalCount: 1, IMCdrList: null }],
    ['no list with a total', { TotalCount: 1 }],
    ['an object for a list', { TotalCount: 1, IMCdrList: {} }],
    ['numbers for records', { TotalCount: 1, IMCdrList: [1] }],
    ['null for a record', { TotalCount: 1, IMCdrList: [null] }],
    ['a list for a record', { TotalCount: 1, IMCdrList: [[]] }],
    ['a record without an id', { TotalCount: 1, IMCdrList: [{ Timestamp: 1 }] }],
    ['a record with an empty id', { TotalCount: 1, IMCdrList: [{ ...sample, SessionId: '' }] }],
    ['a record with a number for an id', { TotalCount: 1, IMCdrList: [{ ...sample, SessionId: 7 }] }],
    ['a record without a time', { TotalCount: 1, IMCdrList: [{ SessionId: 's' }] }],
    ['a record with a time as text', { TotalCount: 1, IMCdrList: [{ ...sample, Timestamp: '1730443136' }] }],
    ['a record with a fraction for a time', { TotalCount: 1, IMCdrList: [{ ...sample, Timestamp: 1.5 }] }],
    ['a record with a time that is no date', { TotalCount: 1, IMCdrList: [{ ...sample, Timestamp: 8.65e12 }] }],
    ['one bad record among good ones', { TotalCount: 3, IMCdrList: [sample, { ...sample, SessionId: null }, sample] }],
    ['more records than were asked for', { TotalCount: 50, IMCdrList: Array.from({ length: 11 }, () => sample) }],
  ])('with %s is malformed', (_, change) => {
    expect(read(change)).toBeUndefined();
  });
});

test.each([
  [141000, 'rejected'],
  [141002, 'failed'],
  [141004, 'invalid-request'],
  [141009, 'command-rate-limited'],
  [141010, 'failed'],
  [141005, 'failed'],
  [60011, 'rate-limited'],
] as const)('%d means %s here', (code, outcome) => {
  expect(errorOutcome(describeImCdrList.codes.classify(code))).toBe(outcome);
});

test.each([141005, 141010, 141027])('%d is not documented for this command', (code) => {
  expect(describeImCdrList.codes.classify(code).class).toBe('unknown');
});
