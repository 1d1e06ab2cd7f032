// Two sets of traces compared: for the whole and for each stage the median of both, and the difference with its interval.

import type { Stage } from '../../otel/contract/stages.ts';
import { type Difference, differenceOf, directionOf, MIN_PAIRS } from './difference.ts';
import { median } from './median.ts';
import { type Sample, type SampleSet, stagesOf, timeOf } from './sample.ts';

/** Medians in ms; `stage` is null for the whole, `difference` with too few pairs. */
export type Row = { stage: Stage | null; a: number; b: number; difference: Difference | null };

/** `pairs`: how many places of the two sets have a measured request in both; the others count in no figure. */
export type Comparison = { pairs: number; whole: Row; stages: Row[] };

/** Compares two sets, pair by pair. */
export function compareSets(setA: SampleSet, setB: SampleSet): Comparison {
  const inB = new Map(setB.samples.map((sample) => [sample.index, sample]));
  const pairs = setA.samples.flatMap((a) => {
    const b = inB.get(a.index);
    return b === undefined ? [] : [{ a, b }];
  });
  const row = (stage: Stage | null): Row => {
    const a = pairs.map((pair) => timeOf(pair.a, stage));
    const b = pairs.map((pair) => timeOf(pair.b, stage));
    return { stage, a: median(a), b: median(b), difference: differenceOf(a, b) };
  };
  const present = stagesOf(pairs.flatMap(({ a, b }) => [a, b]));
  return { pairs: pairs.length, whole: row(null), stages: present.map(row) };
}

/** The sample whose total is nearest to the median; undefined without samples. */
export function nearestToMedian(samples: readonly Sample[]): Sample | undefined {
  const middle = median(samples.map(({ total }) => total));
  return samples.toSorted((a, b) => Math.abs(a.total - middle) - Math.abs(b.total - middle))[0];
}

/** What `comparison` shows, in one sentence; `a` and `b` name the sides, `format` writes a time in ms. */
export function verdictOf(
  { pairs, whole: { difference } }: Comparison,
  [a, b]: readonly [string, string],
  format: (ms: number) => string,
): string {
  if (difference === null)
    return `${pairs} ${pairs === 1 ? 'pair is' : 'pairs are'} too few to tell: at least ${MIN_PAIRS} are needed.`;
  const { low, high, median: middle } = difference;
  const direction = directionOf(difference);
  if (direction === 0)
    return `No difference that can be distinguished from chance (95 % interval: ${signed(low, format)} to ${signed(high, format)}).`;
  const [least, most] = direction > 0 ? [low, high] : [-high, -low];
  const interval = `(95 % interval: ${format(least)} to ${format(most)})`;
  return `${b} takes ${format(Math.abs(middle))} ${direction > 0 ? 'longer' : 'less'} than ${a} ${interval}.`;
}

/** How many of a set's requests failed and why, `2 of 15 requests of static failed: 2 × 503`; undefined when none did. */
export function failuresOf({ name, samples, failures }: SampleSet): string | undefined {
  if (failures.length === 0) return undefined;
  const reasons = [...Map.groupBy(failures, (reason) => reason)].map(([reason, { length }]) => `${length} × ${reason}`);
  const sent = samples.length + failures.length;
  return `${failures.length} of ${sent} requests of ${name} failed (not in the figures): ${reasons.join(', ')}`;
}

/** A time with its sign, a true minus. */
export function signed(ms: number, format: (ms: number) => string): string {
  return `${ms < 0 ? '−' : '+'}${format(Math.abs(ms))}`;
}
