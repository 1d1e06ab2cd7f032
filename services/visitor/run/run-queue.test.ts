import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

const here = new AbortController().signal;

test('the next begins when the one before has ended, in the order in which they came', async () => {
  const { take } = createTurns(2);
  const begun: string[] = [];
  const first = await take(here);
  const begin = async (name: string) => {
    const end = await take(here);
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

test('to end a turn twice ends one', async () => {
  const { take } = createTurns(2);
  const first = await take(here);
  const second = take(here);
  const third = take(here);
  first();
  first();
  const isThirdBegun = Promise.race([third.then(() => true), second.then(() => false)]);
  expect(await isThirdBegun).toBe(false);
  await second;
  expect(await Promise.race([third.then(() => 'begun'), Promise.resolve('waits')])).toBe('waits');
});

test('who finds too many waiting is refused', async () => {
  const { take } = createTurns(1);
  await take(here);
  void take(here);
  await expect(take(here)).rejects.toMatchObject({ code: 'busy', status: 429 });
});

test('who goes while waiting leaves the turn to the next', async () => {
  const { take } = createTurns(2);
  const end = await take(here);
  const gone = new AbortController();
  const left = take(gone.signal);
  const stays = take(here);
  gone.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  end();
  await stays;
});
