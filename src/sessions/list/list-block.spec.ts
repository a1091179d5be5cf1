import { expect, it, test } from '@jest/globals';
import { ListBlock } from './list-block.js';

const period = { from: 1, to: 2 };
const records = ['{"id":"a"}', '{"id":"b, \\"quoted\\""}'];

it('reads what it wrote, under an id of its own', () => {
  const block = new ListBlock(period, 150, records);
  const read = ListBlock.decode(block.encode());
  expect(read).toMatchObject({ period, total: 150, records });
  expect(read?.id).not.toBe(block.id);
});

const decode = (value: unknown) => ListBlock.decode(Buffer.from(JSON.stringify(value)));

test.each([
  ['text', 'text'],
  ['a list', []],
  ['no period', { total: 1, records }],
  ['a period beyond the years that can be written', { from: 1, to: 1e15, total: 1, records }],
  ['a period before 1970', { from: -1, to: 1, total: 1, records }],
  ['a total below 0', { ...period, total: -1, records }],
  ['a total as text', { ...period, total: '1', records }],
  ['no records', { ...period, total: 1 }],
  ['records that are no text', { ...period, total: 1, records: [{ id: 'a' }] }],
  ['a record that is no JSON, which would break the page', { ...period, total: 1, records: ['{"id":"a"},'] }],
  ['a record that is no object', { ...period, total: 1, records: ['1'] }],
  ['more records than a block has', { ...period, total: 1, records: Array.from({ length: 101 }, () => '{}') }],
])('rejects %s as a block', (_, value) => {
  expect(decode(value)).toBeUndefined();
});

it('rejects bytes that are no JSON', () => {
  expect(ListBlock.decode(Buffer.from([0xff, 0, 1]))).toBeUndefined();
  expect(ListBlock.decode(Buffer.alloc(0))).toBeUndefined();
});

it('matches blocks of the same period and total only', () => {
  const block = new ListBlock(period, 150, records);
  expect(block.fits(new ListBlock(period, 150, []))).toBe(true);
  expect(block.fits(new ListBlock(period, 151, []))).toBe(false);
  expect(block.fits(new ListBlock({ from: 1, to: 3 }, 150, []))).toBe(false);
  expect(block.fits(new ListBlock({ from: 0, to: 2 }, 150, []))).toBe(false);
});
