// Many traces of one kind in numbers: for the whole and for each stage the median, p90, p99, and its share of all time.

import type { Stage } from '../../otel/contract/stages.ts';
import { median } from './median.ts';
import { percentiles } from './percentiles.ts';
import { type Sample, stagesOf, timeOf } from './sample.ts';

/** Times in ms; `share`: of the whole time of all samples, 0 to 1. `slowest`: the samples that took longest here, longest first. */
export type StageSummary = {
  stage: Stage | null;
  median: number;
  p90: number;
  p99: number;
  share: number;
  slowest: Sample[];
};

const SLOWEST = 3;

/** The whole first, then each stage that any of `samples` has; nothing without samples. */
export function summariesOf(samples: readonly Sample[]): StageSummary[] {
  const sum = samples.reduce((all, { total }) => all + total, 0);
  return [null, ...stagesOf(samples)].flatMap((stage) => {
    const times = samples.map((sample) => timeOf(sample, stage));
    const latencies = percentiles(times);
    if (latencies === null) return [];
    const share = sum === 0 ? 0 : times.reduce((all, time) => all + time, 0) / sum;
    const slowest = samples.toSorted((a, b) => timeOf(b, stage) - timeOf(a, stage)).slice(0, SLOWEST);
    const { p90, p99 } = latencies;
    return [{ stage, median: median(times), p90, p99, share, slowest }];
  });
}
