// Who had the letter when, from the first start of the trace to its last end.

import { type Segment as Piece, segmentsOf as pieces } from '../../../../traces/segments.ts';
import type { Row, Tree } from './tree.ts';

export type Segment = Piece<Row>;

/** The pieces of the tree's time, in order. */
export function segmentsOf(tree: Tree): Segment[] {
  return pieces(tree.rows, tree);
}
