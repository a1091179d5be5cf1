import { describe, expect, it, test } from '@jest/globals';
import { defaultPeriod, parseDateTime, periodOf } from './period.js';

const LAST = 253_402_300_799;

test.each([
  ['2024-11-01T00:00:00Z', 1730419200],
  ['2024-11-01t00:00:00z', 1730419200],
  ['2024-11-01T08:00:00+08:00', 1730419200],
  ['2024-11-01T08:00:00 08:00', 1730419200],
  ['2024-10-31T16:30:00-07:30', 1730419200],
  ['2024-11-01T00:00:00-00:00', 1730419200],
  ['2024-11-01T23:59:00+23:59', 1730419200],
  ['2024-11-01T00:00:00.9Z', 1730419200],
  ['2024-11-01T00:00:00.000000001+00:00', 1730419200],
  ['2024-02-29T00:00:00Z', 1709164800],
  ['1970-01-01T00:00:00Z', 0],
  ['1969-12-31T23:00:00-01:00', 0],
  ['9999-12-31T23:59:59Z', LAST],
  ['9999-12-31T23:59:59.999Z', LAST],
  // RFC 3339 §5.8: leap seconds.
  ['1990-12-31T23:59:60Z', 662687999],
  ['1990-12-31T15:59:60-08:00', 662687999],
])('%s is %d', (text, seconds) => {
  expect(parseDateTime(text)).toBe(seconds);
});

test.each([
  '',
  '2024',
  '2024-11-01',
  '2024-11-01T00:00Z',
  '2024-11-01T00:00:00',
  '2024-11-01 00:00:00Z',
  '2024-11-01T00:00:00+0800',
  '2024-11-01T00:00:00+08',
  '2024-11-01T00:00:00+24:00',
  '2024-11-01T00:00:00+08:60',
  '2024-11-01T00:00:00  08:00',
  '2024-11-01T00:00:00.Z',
  '2024-11-01T00:00:00,5Z',
  '2024-11-01T24:00:00Z',
  '2024-11-01T00:60:00Z',
  '2024-11-01T00:00:60Z',
  '2024-11-01T00:00:61Z',
  '2024-13-01T00:00:00Z',
  '2024-00-01T00:00:00Z',
  '2024-02-30T00:00:00Z',
  '2023-02-29T00:00:00Z',
  '2024-04-31T00:00:00Z',
  '2024-11-1T00:00:00Z',
  ' 2024-11-01T00:00:00Z',
  '2024-11-01T00:00:00Z\n',
  '1969-12-31T23:59:59Z',
  '1970-01-01T00:00:00+00:01',
  '10000-01-01T00:00:00Z',
  '+002024-11-01T00:00:00Z',
  '9999-12-31T23:59:59-00:01',
  '1730419200',
  '２０２４-11-01T00:00:00Z',
])('%j is no date-time of the years 1970 to 9999', (text) => {
  expect(parseDateTime(text)).toBeUndefined();
});

describe('the default period', () => {
  it('is the 24 h up to the last second of the current minute', () => {
    const at = (time: string) => defaultPeriod(Date.parse(time));
    const to = Date.parse('2026-01-01T12:34:59Z') / 1000;
    for (const time of ['2026-01-01T12:34:00.000Z', '2026-01-01T12:34:30Z', '2026-01-01T12:34:59.999Z']) {
      expect(at(time)).toEqual({ from: to - 86_400, to });
    }
    expect(at('2026-01-01T12:35:00Z').to).toBe(to + 60);
  });
});

describe('a period with one end', () => {
  it('has its other end 24 h away, within the valid years', () => {
    expect(periodOf(1000, undefined)).toEqual({ from: 1000, to: 87_400 });
    expect(periodOf(undefined, 100_000)).toEqual({ from: 13_600, to: 100_000 });
    expect(periodOf(LAST, undefined)).toEqual({ from: LAST, to: LAST });
    expect(periodOf(undefined, 5)).toEqual({ from: 0, to: 5 });
  });

  it('is the default without ends, and may be one second', () => {
    expect(periodOf(undefined, undefined)).toBeUndefined();
    expect(periodOf(0, 0)).toEqual({ from: 0, to: 0 });
  });
});
