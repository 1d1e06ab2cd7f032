import { expect, test } from 'vitest';
import { atEndOfTurn } from './turn.ts';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

test('what is to be done at the end of a turn is done together, in order, after what the turn itself does', async () => {
  const done: string[] = [];
  atEndOfTurn(() => done.push('first'));
  process.nextTick(() => {
    done.push('a tick');
    atEndOfTurn(() => done.push('asked for by the tick'));
  });
  queueMicrotask(() => done.push('a microtask'));
  atEndOfTurn(() => done.push('second'));
  await nextTurn();
  expect(done).toEqual(['a microtask', 'a tick', 'first', 'second', 'asked for by the tick']);
});

test('what is asked for at the end of a turn waits for the end of the next', async () => {
  const done: string[] = [];
  atEndOfTurn(() => atEndOfTurn(() => done.push('later')));
  await nextTurn();
  expect(done).toEqual([]);
  await nextTurn();
  expect(done).toEqual(['later']);
});
