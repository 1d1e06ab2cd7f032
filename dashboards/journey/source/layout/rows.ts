// The rows of a trace's tree as a view draws them.

import { type SpanNode, upwards } from '../../../../traces/tree.ts';

/** The rows to show when those of the keys in `collapsed` hide what is below them. */
export function shownRows(rows: readonly SpanNode[], collapsed: ReadonlySet<string>): readonly SpanNode[] {
  if (collapsed.size === 0) return rows;
  const shown: SpanNode[] = [];
  let hiddenBelow = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    if (row.depth > hiddenBelow) continue;
    hiddenBelow = collapsed.has(row.key) ? row.depth : Number.POSITIVE_INFINITY;
    shown.push(row);
  }
  return shown;
}

/** Whether siblings follow below, for the last `max` levels above the row and the row itself: the lines of the tree. */
export function linesOf(row: SpanNode, max = 12): boolean[] {
  const lines: boolean[] = [];
  for (const each of upwards(row)) {
    if (each.parent === null || lines.length === max) break;
    lines.unshift(each.parent.children.at(-1) !== each);
  }
  return lines;
}
