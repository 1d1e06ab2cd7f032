// Where the time of a trace went, stage by stage.

import { entriesOf } from '../../../../traces/ledger.ts';
import type { Stage } from '../../../../traces/stages.ts';
import { type Segment, segmentsOf } from './segments.ts';
import type { Row, Tree } from './tree.ts';

export { STAGES, type Stage } from '../../../../traces/stages.ts';

export type Share = {
  stage: Stage;
  /** Milliseconds. */
  ms: number;
  /** The spans that this time belongs to, the one with most of it first. */
  rows: { row: Row; ms: number }[];
};

/** How long each stage took, in the order of the journey; those that took no time are left out. */
export function sharesOf(tree: Tree, segments: readonly Segment[] = segmentsOf(tree)): Share[] {
  return entriesOf(segments).map(({ stage, micros, nodes }) => ({
    stage,
    ms: micros / 1000,
    rows: nodes.map((each) => ({ row: each.node, ms: each.micros / 1000 })),
  }));
}
