// The stages of two traces beside each other.

import { STAGES, type Stage } from '../../../../otel/contract/stages.ts';
import type { Entry } from '../../../../traces/breakdown.ts';

/** Every stage that either has, in the order of a journey, in ms; null where one does not have it. */
export function stagePairs(
  a: readonly Entry[],
  b: readonly Entry[],
): { stage: Stage; a: number | null; b: number | null }[] {
  const timeOf = (entries: readonly Entry[], stage: Stage) => {
    const entry = entries.find((each) => each.stage === stage);
    return entry === undefined ? null : entry.micros / 1000;
  };
  return (Object.keys(STAGES) as Stage[])
    .map((stage) => ({ stage, a: timeOf(a, stage), b: timeOf(b, stage) }))
    .filter((pair) => pair.a !== null || pair.b !== null);
}
