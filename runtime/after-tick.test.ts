import { expect, test } from 'vitest';
import { afterTick } from './after-tick.ts';

const nextIteration = () => new Promise((resolve) => setImmediate(resolve));

test('calls run together, in order, after ticks and microtasks', async () => {
  const done: string[] = [];
  afterTick(() => done.push('first'));
  process.nextTick(() => {
    done.push('a tick');
    afterTick(() => done.push('called by the tick'));
  });
  queueMicrotask(() => done.push('a microtask'));
  afterTick(() => done.push('second'));
  await nextIteration();
  expect(done).toEqual(['a microtask', 'a tick', 'first', 'second', 'called by the tick']);
});

test('a call made by a call waits for the next iteration', async () => {
  const done: string[] = [];
  afterTick(() => afterTick(() => done.push('later')));
  await nextIteration();
  expect(done).toEqual([]);
  await nextIteration();
  expect(done).toEqual(['later']);
});
