import { expect, test } from 'vitest';
import { SharedBound, waitForShare } from './shared-bound.ts';

const FOREVER = { ms: 60_000, takeBack: () => {} };

test('what is beyond the bound is refused, until a share is released', () => {
  const bound = new SharedBound(10);
  const first = bound.acquire(8, FOREVER);
  expect(bound.acquire(3, FOREVER)).toBeUndefined();
  expect(first?.grow(2)).toBe(true);
  expect(first?.grow(1)).toBe(false);
  first?.release();
  first?.release();
  expect(bound.acquire(10, FOREVER)).toBeDefined();
  expect(bound.acquire(1, FOREVER)).toBeUndefined();
});

test('the share that is held longest beyond its time is taken back for a new one', () => {
  const bound = new SharedBound(3);
  const takenBack: string[] = [];
  const acquire = (name: string, ms: number) => bound.acquire(1, { ms, takeBack: () => takenBack.push(name) });
  const [a, b] = [acquire('a', 0), acquire('b', 0)];
  acquire('c', 60_000);
  a?.hold(60_000); // as a connection does that has a request
  expect(acquire('d', 60_000)).toBeDefined();
  expect(takenBack).toEqual(['b']);
  expect(acquire('e', 60_000)).toBeUndefined();
  expect(b?.grow(0)).toBe(false);
  a?.hold(0);
  expect(acquire('f', 60_000)).toBeDefined();
  expect(takenBack).toEqual(['b', 'a']);
});

test('a share that grows does not take itself back', () => {
  const bound = new SharedBound(3);
  const share = bound.acquire(3, { ms: 0, takeBack: () => expect.fail('taken back') });
  expect(share?.grow(1)).toBe(false);
});

test('one waits for room, and not for one that has gone', async () => {
  const bound = new SharedBound(1);
  const first = bound.acquire(1, FOREVER);
  const { signal } = new AbortController();
  const waiting = waitForShare(() => bound.acquire(1, FOREVER), { ms: 60_000, signal });
  first?.release();
  expect(await waiting).toBeDefined();
  const again = () => bound.acquire(1, FOREVER);
  expect(await waitForShare(again, { ms: 0, signal })).toBeUndefined();
  (await waiting)?.release();
  expect(await waitForShare(again, { ms: 60_000, signal: AbortSignal.abort() })).toBeUndefined();
});
