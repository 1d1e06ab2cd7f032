// The stages of two traces beside each other.

import { type Share, STAGES, type Stage } from './stages.ts';

/** Every stage that either has, in the order of a journey; null where one never came by. */
export function sharePairs(
  a: readonly Share[],
  b: readonly Share[],
): { stage: Stage; a: number | null; b: number | null }[] {
  const of = (shares: readonly Share[], stage: Stage) => shares.find((share) => share.stage === stage)?.ms ?? null;
  return (Object.keys(STAGES) as Stage[])
    .map((stage) => ({ stage, a: of(a, stage), b: of(b, stage) }))
    .filter((pair) => pair.a !== null || pair.b !== null);
}
