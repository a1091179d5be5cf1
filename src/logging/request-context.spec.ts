import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { currentContext, newRequestContext, runInContext } from './request-context.js';

test('work finds the context of its request, whatever else begins and ends meanwhile', async () => {
  const work = async (ms: number) => {
    const context = newRequestContext({});
    await runInContext(context, async () => {
      await sleep(ms);
      expect(currentContext()).toBe(context);
      await sleep(ms);
      expect(currentContext()).toBe(context);
    });
    return currentContext();
  };
  expect(await Promise.all([5, 1, 3, 0, 8].map(work))).toEqual(Array(5).fill(undefined));
  expect(await work(1)).toBeUndefined();
});

test('work that fails removes its context as well', async () => {
  const failure = new Error('no');
  await expect(runInContext(newRequestContext({}), () => Promise.reject(failure))).rejects.toBe(failure);
  expect(currentContext()).toBeUndefined();
});
