// Values counted in bins of equal width.

import { percentiles } from './percentiles.ts';

/** The counts of `values` in `count` bins between the least and the most of them. */
export function histogramOf(values: readonly number[], count: number): { bins: number[]; from: number; to: number } {
  if (values.length === 0) return { bins: new Array<number>(count).fill(0), from: 0, to: 0 };
  const from = Math.min(...values);
  const to = Math.max(...values);
  return { bins: binsOf(values, count, from, to), from, to };
}

/** The same of two samples in the same bins, up to the 90th percentile of both: the last bin has all that is above, so that a few outliers do not squeeze the rest. */
export function histogramsOf(
  a: readonly number[],
  b: readonly number[],
  count: number,
): { a: number[]; b: number[]; from: number; to: number } {
  const both = [...a, ...b];
  const { p90: to } = percentiles(both) ?? { p90: 0 };
  const from = both.length === 0 ? 0 : Math.min(...both);
  return { a: binsOf(a, count, from, to), b: binsOf(b, count, from, to), from, to };
}

function binsOf(values: readonly number[], count: number, from: number, to: number): number[] {
  const bins = new Array<number>(count).fill(0);
  for (const value of values) {
    const index = to === from ? 0 : Math.min(count - 1, Math.floor(((value - from) / (to - from)) * count));
    bins[index] = (bins[index] ?? 0) + 1;
  }
  return bins;
}
