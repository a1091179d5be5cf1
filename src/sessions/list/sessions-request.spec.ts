import { describe, expect, it, test } from '@jest/globals';
import { ProblemError } from '../../problem/problem.js';
import { readSessionsQuery, recallSessionsQuery } from './sessions-request.js';

function faultsOf(query: string): unknown {
  try {
    readSessionsQuery(query);
    return [];
  } catch (error) {
    return error instanceof ProblemError ? error.details.errors?.map(({ field }) => field) : error;
  }
}

test.each([
  ['', { period: undefined, clientId: undefined, limit: 20, offset: 0 }],
  ['limit=100&offset=2147483647', { period: undefined, clientId: undefined, limit: 100, offset: 2147483647 }],
  [
    'from=2024-11-01T00:00:00%2B08:00&to=2024-11-01T23:59:59+08:00&clientId=%2B4477%3Aa',
    { period: { from: 1730390400, to: 1730476799 }, clientId: '+4477:a', limit: 20, offset: 0 },
  ],
  ['from=1970-01-01T00:00:00Z', { period: { from: 0, to: 86_400 }, clientId: undefined, limit: 20, offset: 0 }],
])('reads %s', (query, expected) => {
  expect(readSessionsQuery(query)).toEqual(expected);
});

test.each([
  ['from=&to=', ['from', 'to']],
  ['from=2024-11-02T00:00:00Z&to=2024-11-01T00:00:00Z', ['from']],
  ['from=2024-11-02T00:00:00Z&to=2024-11-01T00:00:00Z&limit=0&clientId=', ['from', 'clientId', 'limit']],
  ['from=2024-11-02T00:00:00Z&to=x', ['to']],
  ['from=2024-02-30T00:00:00Z&to=2024-01-01T00:00:00Z', ['from']],
  ['from=2024-11-01T00:00:00Z&from=2024-11-01T00:00:00Z', ['from']],
  ['clientId=a+b', ['clientId']],
  [`clientId=${'a'.repeat(129)}`, ['clientId']],
  ['order=asc&before=1&shape=json', ['order', 'before', 'shape']],
  ['From=2024-11-01T00:00:00Z', ['From']],
])('refuses %s and names every fault', (query, fields) => {
  expect(faultsOf(query)).toEqual(fields);
});

describe('a query that was found valid', () => {
  it('is looked up without parsing, also without a query', () => {
    expect(recallSessionsQuery('/sessions')).toBeDefined();
    expect(recallSessionsQuery('/sessions?limit=7')).toBeUndefined();
    readSessionsQuery('limit=7');
    expect(recallSessionsQuery('/sessions?limit=7')).toMatchObject({ limit: 7 });
    expect(recallSessionsQuery('/sessions/a?limit=7')).toBeUndefined();
  });

  it('is not kept if it is as long as fractions of a second can make it', () => {
    const query = `from=2024-11-01T00:00:00.${'0'.repeat(2000)}Z`;
    expect(readSessionsQuery(query).period?.from).toBe(1730419200);
    expect(recallSessionsQuery(`/sessions?${query}`)).toBeUndefined();
  });
});
