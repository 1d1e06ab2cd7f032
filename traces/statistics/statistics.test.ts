// Statistics on seeded samples: durations of requests as they are, most near to 9 ms, some far above.

import { describe, expect, test } from 'vitest';
import { compareSets, failuresOf, nearestToMedian, verdictOf } from './comparison.ts';
import { differenceOf, directionOf } from './difference.ts';
import { normal, seeded } from './random.ts';
import type { Sample, SampleSet } from './sample.ts';

const times = <T>(count: number, one: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => one(at));
const sample = (total: number, at = 0): Sample => ({ traceId: `${at}`, index: at + 1, total, stages: {} });
const setOf = (name: string, samples: Sample[], failures: string[] = []): SampleSet => ({
  id: '',
  name,
  start: 'warm',
  samples,
  failures,
});
const format = (ms: number) => `${ms.toFixed(1)} ms`;

/** A duration in ms: log-normal, median 9; one of 20 waits up to 40 ms more. */
function duration(random: () => number): number {
  return 9 * Math.exp(0.1 * normal(random)) + (random() < 0.05 ? 40 * random() : 0);
}

describe.each([6, 15, 30, 100])('%i pairs', (count) => {
  test('of equal distributions: at most 5 % of 1,000 comparisons find a difference', () => {
    const random = seeded(29);
    const found = times(1000, () =>
      directionOf(differenceOf(...([0, 1].map(() => times(count, () => duration(random))) as [number[], number[]]))),
    ).filter((direction) => direction !== 0);
    expect(found.length).toBeLessThanOrEqual(50);
  });
});

test('a shift of 2 ms is found in at least 95 of 100 comparisons of 30 pairs, never with the wrong sign', () => {
  const random = seeded(30);
  const directions = times(100, () => {
    const a = times(30, () => duration(random));
    const b = times(30, () => duration(random) + 2);
    return directionOf(differenceOf(a, b));
  });
  expect(directions.filter((direction) => direction === 1).length).toBeGreaterThanOrEqual(95);
  expect(directions).not.toContain(-1);
});

test('the interval holds the true difference in at least 95 % of 1,000 comparisons', () => {
  const random = seeded(31);
  const holding = times(1000, () => {
    const a = times(15, () => duration(random));
    const b = times(15, () => duration(random) + 2);
    const { low, high } = differenceOf(a, b) as { low: number; high: number };
    return low <= 2 && 2 <= high;
  }).filter(Boolean);
  expect(holding.length).toBeGreaterThanOrEqual(950);
});

describe('the ranks of the interval are those of the sign test (Dixon and Mood)', () => {
  test.for([
    [6, 1, 6],
    [8, 1, 8],
    [9, 2, 8],
    [15, 4, 12],
    [20, 6, 15],
    [30, 10, 21],
    [100, 40, 61],
  ] as const)('%i pairs: from the %i. to the %i. difference', ([count, low, high]) => {
    const difference = differenceOf(
      times(count, () => 0),
      times(count, (at) => at + 1),
    );
    expect(difference).toMatchObject({ low, high });
  });
});

test('a thousand pairs have an interval', () => {
  const zeros = times(1000, () => 0);
  expect(differenceOf(zeros, zeros)).toEqual({ median: 0, low: 0, high: 0 });
});

test('fewer than six pairs, one or none, have no interval', () => {
  expect(
    [0, 1, 5].map((count) =>
      differenceOf(
        times(count, () => 1),
        times(count, () => 9),
      ),
    ),
  ).toEqual([null, null, null]);
});

test('equal times are no difference', () => {
  const a = [5, 5, 5, 5, 5, 5, 5, 5];
  expect(directionOf(differenceOf(a, [5, 5, 5, 5, 5, 6, 6, 6]))).toBe(0);
  expect(directionOf(differenceOf(a, a))).toBe(0);
});

test('a stage that one side does not have counts as 0 ms', () => {
  const a = times(6, (at) => sample(5, at));
  const b = times(6, (at) => ({ ...sample(9, at), stages: { database: 4 } }));
  expect(compareSets(setOf('a', a), setOf('b', b)).stages).toEqual([
    { stage: 'database', a: 0, b: 4, difference: { median: 4, low: 4, high: 4 } },
  ]);
});

test('only places where both sides succeeded make a pair', () => {
  const a = times(8, (at) => sample(at, at));
  const b = times(8, (at) => sample(at + 3, at)).filter(({ index }) => index !== 2);
  const { pairs, whole } = compareSets(setOf('a', a), setOf('b', b, ['503']));
  expect(pairs).toBe(7);
  expect(whole.difference).toEqual({ median: 3, low: 3, high: 3 });
});

test('the trace shown is the one nearest to the median, whatever the slowest took', () => {
  expect(nearestToMedian([1, 9, 10, 11, 500].map(sample))).toMatchObject({ total: 10 });
  expect(nearestToMedian([])).toBeUndefined();
});

describe('the verdict', () => {
  const verdict = (a: number[], b: number[]) =>
    verdictOf(compareSets(setOf('a', a.map(sample)), setOf('b', b.map(sample))), ['static', 'dynamic'], format);
  const five = times(6, () => 5);

  test('says which side takes longer, by how much, with the interval', () => {
    const interval = 'than static (95 % interval: 3.0 ms to 5.0 ms).';
    expect(verdict(five, [8, 9, 9, 9, 9, 10])).toBe(`dynamic takes 4.0 ms longer ${interval}`);
    expect(verdict([8, 9, 9, 9, 9, 10], five)).toBe(`dynamic takes 4.0 ms less ${interval}`);
  });

  test('says that chance explains a difference as well', () => {
    expect(verdict(five, [4, 4, 4, 6, 6, 6])).toBe(
      'No difference that can be distinguished from chance (95 % interval: −1.0 ms to +1.0 ms).',
    );
  });

  test('says that there are too few pairs', () => {
    expect(verdict([5], [9])).toBe('1 pair is too few to tell: at least 6 are needed.');
    expect(verdict([], [9])).toBe('0 pairs are too few to tell: at least 6 are needed.');
  });
});

test('failed requests are counted by their reason', () => {
  expect(failuresOf(setOf('dynamic', [sample(5)], ['503', '503', 'no answer']))).toBe(
    '3 of 4 requests of dynamic failed (not in the figures): 2 × 503, 1 × no answer',
  );
  expect(failuresOf(setOf('dynamic', [sample(5)]))).toBeUndefined();
});
