// A trace in numbers, and the set of those that were measured together.

import { STAGES, type Stage } from '../../otel/contract/stages.ts';
import { breakdownOf } from '../breakdown.ts';
import type { TraceSpan } from '../model.ts';

/** The duration of a trace's root and of each stage that it has, in ms; `index`: its place in its set, from 1. */
export type Sample = { traceId: string; index: number; total: number; stages: Partial<Record<Stage, number>> };

/** What is remembered when a measured request begins. cold: nothing; new: its name; warm: its name, and its connection is open; load: it is sent to the proxy directly. */
export type SetStart = 'cold' | 'new' | 'warm' | 'load';

/**
 * Requests that were sent from one start state: visit number `visit` of the scenario `name`, the last one unless it is given. Those
 * measured, and why each of the others failed, which count in no figure.
 */
export type SampleSet = {
  id: string;
  name: string;
  visit?: number;
  start: SetStart;
  samples: Sample[];
  failures: string[];
};

/** One request of a set: its place (0: it only warms up, and is not measured), and its sample, or why it has none. */
export type Measured = { index: number; sample: Sample | null; failure: string | null };

/** Adds a request to its set. */
export function addMeasured({ samples, failures }: SampleSet, { index, sample, failure }: Measured): void {
  if (index === 0) return;
  if (sample !== null) samples.push(sample);
  else if (failure !== null) failures.push(failure);
}

/** The stages that any of `samples` has, in the order of a journey. */
export function stagesOf(samples: readonly Sample[]): Stage[] {
  return (Object.keys(STAGES) as Stage[]).filter((stage) => samples.some(({ stages }) => stage in stages));
}

/** The trace of `spans` in numbers; undefined without spans. */
export function sampleOf(spans: readonly TraceSpan[], index: number): Sample | undefined {
  const breakdown = breakdownOf(spans);
  if (breakdown === undefined) return undefined;
  const stages = Object.fromEntries(breakdown.entries.map(({ stage, micros }) => [stage, micros / 1000]));
  return { traceId: breakdown.root.traceId, index, total: breakdown.micros / 1000, stages };
}

/** A sample's time in `stage`, or in all (null), in ms. A stage that it does not have took 0 ms. */
export function timeOf({ total, stages }: Sample, stage: Stage | null): number {
  return stage === null ? total : (stages[stage] ?? 0);
}
