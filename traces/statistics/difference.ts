// The difference of two samples taken in pairs, with the 95 % interval of the sign test: it assumes nothing of the
// distributions, needs no random numbers, and is the same wherever it is computed. See docs/numbers.md.

import { median } from './median.ts';

/** All in ms, b minus a. `low` to `high`: where the median of all such differences lies, in 95 of 100 experiments. */
export type Difference = { median: number; low: number; high: number };

/** Fewer pairs have no 95 % interval: even six of six in one direction have a probability of 3.1 % by chance, five of five 6.2 %. */
export const MIN_PAIRS = 6;

const ALPHA = 0.05;

/** The difference of `a` and `b`, whose elements belong together by their place; null below MIN_PAIRS pairs. */
export function differenceOf(a: readonly number[], b: readonly number[]): Difference | null {
  const pairs = Math.min(a.length, b.length);
  if (pairs < MIN_PAIRS) return null;
  const sorted = Float64Array.from({ length: pairs }, (_, at) => (b[at] as number) - (a[at] as number)).sort();
  const cut = signTestRank(pairs);
  return {
    median: median([...sorted]),
    low: sorted[cut] as number,
    high: sorted[pairs - 1 - cut] as number,
  };
}

/** -1 or 1 where `b` is shorter or longer with 95 % confidence, else 0: chance explains it as well. */
export function directionOf(difference: Difference | null): -1 | 0 | 1 {
  if (difference === null) return 0;
  if (difference.low > 0) return 1;
  return difference.high < 0 ? -1 : 0;
}

/** How many of `count` sorted differences lie outside of the interval on each side: the most whose probability is at most ALPHA in all. */
function signTestRank(count: number): number {
  let probability = 0.5 ** count; // of exactly `rank` differences below the true median
  let tail = probability;
  let rank = 0;
  while (2 * tail <= ALPHA) {
    rank++;
    probability *= (count - rank + 1) / rank;
    tail += probability;
  }
  return rank - 1;
}
