// Numbers as the views show them: axis, durations, histograms, stages beside each other.

import { expect, test } from 'vitest';
import { histogramOf, histogramsOf } from '../../../../traces/statistics/histogram.ts';
import { median } from '../../../../traces/statistics/median.ts';
import { difference, duration, ticks } from './axis.ts';
import { stagePairs } from './pairs.ts';

test.each([
  [0, 10, 5, [0, 2, 4, 6, 8, 10]],
  [3, 47, 5, [10, 20, 30, 40]],
  [0, 0, 5, []],
  [0, 10, 0, []],
])('ticks from %d to %d, at most %d steps: %j', (from, to, max, expected) => {
  expect(ticks(from, to, max)).toEqual(expected);
});

test.each([
  [0, '0 ms'],
  [0.3204, '320 µs'],
  [0.9996, '1.00 ms'],
  [4.712, '4.71 ms'],
  [24.14, '24.1 ms'],
  [99.96, '100 ms'],
  [812.4, '812 ms'],
  [3204, '3.20 s'],
  [12_340, '12.3 s'],
  [Number.NaN, '–'],
])('%d ms is shown as %s', (ms, shown) => {
  expect(duration(ms)).toBe(shown);
});

test('a difference has its sign', () => {
  expect([difference(4.712), difference(-4.712)]).toEqual(['+4.71 ms', '−4.71 ms']);
});

test('a histogram counts every value once, equal ones in one bin', () => {
  expect(histogramOf([1, 1, 2, 5], 4)).toEqual({ bins: [2, 1, 0, 1], from: 1, to: 5 });
  expect(histogramOf([3, 3], 4)).toEqual({ bins: [2, 0, 0, 0], from: 3, to: 3 });
  expect(histogramOf([], 2)).toEqual({ bins: [0, 0], from: 0, to: 0 });
});

test('two histograms have the same bins; the last one has what is above the 90th percentile', () => {
  const a = Array.from({ length: 19 }, (_, at) => at + 1);
  expect(histogramsOf(a, [900], 3)).toEqual({ a: [6, 6, 7], b: [0, 0, 1], from: 1, to: 18 });
  expect(histogramsOf([], [], 2)).toEqual({ a: [0, 0], b: [0, 0], from: 0, to: 0 });
});

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 2, 3], 2.5],
  [[7], 7],
  [[], Number.NaN],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});

test('stages stand in the order of a journey; one that a side never passed is null', () => {
  const a = [{ stage: 'proxy', micros: 1500, nodes: [] } as const];
  const b = [{ stage: 'dns', micros: 500, nodes: [] } as const, { stage: 'proxy', micros: 2000, nodes: [] } as const];
  expect(stagePairs(a, b)).toEqual([
    { stage: 'dns', a: null, b: 0.5 },
    { stage: 'proxy', a: 1.5, b: 2 },
  ]);
});
