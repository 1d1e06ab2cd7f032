import { expect, test } from 'vitest';
import { createRunQueue } from './run-queue.ts';

const running = new AbortController().signal;

test('a run starts when the one before it has ended, first come, first served', async () => {
  const { acquire } = createRunQueue(2);
  const begun: string[] = [];
  const first = await acquire(running);
  const begin = async (name: string) => {
    const end = await acquire(running);
    begun.push(name);
    return end;
  };
  const second = begin('second');
  const third = begin('third');
  await Promise.resolve();
  expect(begun).toEqual([]);
  first();
  (await second)();
  await third;
  expect(begun).toEqual(['second', 'third']);
});

test('ending a run twice starts only the next one', async () => {
  const { acquire } = createRunQueue(2);
  const first = await acquire(running);
  const second = acquire(running);
  const third = acquire(running);
  first();
  first();
  const isThirdBegun = Promise.race([third.then(() => true), second.then(() => false)]);
  expect(await isThirdBegun).toBe(false);
  await second;
  expect(await Promise.race([third.then(() => 'begun'), Promise.resolve('waits')])).toBe('waits');
});

test('a run is refused with 429 when too many wait', async () => {
  const { acquire } = createRunQueue(1);
  await acquire(running);
  void acquire(running);
  await expect(acquire(running)).rejects.toMatchObject({ code: 'busy', status: 429 });
});

test('a run that is aborted while it waits is skipped', async () => {
  const { acquire } = createRunQueue(2);
  const end = await acquire(running);
  const gone = new AbortController();
  const aborted = acquire(gone.signal);
  const next = acquire(running);
  gone.abort(new Error('gone'));
  await expect(aborted).rejects.toThrow('gone');
  end();
  await next;
});
