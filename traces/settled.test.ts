import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { TraceSpan } from './model.ts';
import { createSettled } from './settled.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

const span = (spanId: string, parentSpanId: string | null, start: number) =>
  ({ spanId, parentSpanId, start, duration: 10, kind: 0 }) as TraceSpan;

test('a trace that ended long ago is whole at first sight', () => {
  expect(createSettled()([span('a', null, 990_000)])).toBe(true);
});

test('a new one is whole when nothing came for half a second', () => {
  const isSettled = createSettled();
  const root = span('a', null, 999_990);
  expect(isSettled([root])).toBe(false);
  vi.advanceTimersByTime(400);
  expect(isSettled([root, span('b', 'a', 999_991)])).toBe(false);
  vi.advanceTimersByTime(499);
  expect(isSettled([root, span('b', 'a', 999_991)])).toBe(false);
  vi.advanceTimersByTime(1);
  expect(isSettled([root, span('b', 'a', 999_991)])).toBe(true);
});

test('one that ends in the future is whole when nothing new comes', () => {
  const isSettled = createSettled();
  const future = [span('a', null, 9_000_000)];
  expect(isSettled(future)).toBe(false);
  vi.advanceTimersByTime(500);
  expect(isSettled(future)).toBe(true);
});

test('none is whole without its root, or with an orphan', () => {
  const isSettled = createSettled();
  expect(isSettled([])).toBe(false);
  expect(isSettled([span('a', null, 1), span('b', 'elsewhere', 1)])).toBe(false);
});
