// The spans of a trace as a tree that the page can point into: traces/tree.ts makes it whatever the spans say of each other, and
// here each gets a key. Nothing recurses, and nothing grows faster than the spans do: ten thousand deep is fine.

import type { TraceSpan } from '../../../../traces/model.ts';
import { treeOf as nodesOf, type SpanNode } from '../../../../traces/tree.ts';

export type Row = {
  /** By what the page knows this span: its id; with `~2` behind it for the second span of one id. */
  key: string;
  span: TraceSpan;
  depth: number;
  parent: Row | null;
  children: Row[];
  /** Whether it stands at the top though it names a parent. */
  orphan: boolean;
};

export type Tree = {
  /** Every span once, parents before children, siblings in the order of their start. */
  rows: Row[];
  roots: Row[];
  byKey: ReadonlyMap<string, Row>;
  /** Milliseconds since 1970, of the first start and the last end. */
  start: number;
  end: number;
};

/** Makes the tree of `spans`, in whichever order they are. */
export function treeOf(spans: readonly TraceSpan[]): Tree {
  const { start, end } = extent(spans);
  // One that says no time is drawn where the trace begins.
  const timed = spans.map((span) => (span.start > 0 ? span : { ...span, start, duration: 0 }));
  const { nodes } = nodesOf(timed.sort((a, b) => a.start - b.start || b.duration - a.duration));
  const byKey = new Map<string, Row>();
  const rowOf = new Map<SpanNode, Row>();
  const counts = new Map<string, number>();
  const rows = nodes.map((node) => {
    const { span, depth } = node;
    const count = (counts.get(span.spanId) ?? 0) + 1;
    counts.set(span.spanId, count);
    const parent = (node.parent && rowOf.get(node.parent)) ?? null;
    const key = count === 1 ? span.spanId : `${span.spanId}~${count}`;
    const row: Row = { key, span, depth, parent, children: [], orphan: parent === null && span.parentSpanId !== null };
    parent?.children.push(row);
    rowOf.set(node, row);
    byKey.set(key, row);
    return row;
  });
  return { rows, roots: rows.filter(({ parent }) => parent === null), byKey, start, end };
}

/** The rows to show when those of the keys in `collapsed` hide what is below them. */
export function shownRows({ rows }: Tree, collapsed: ReadonlySet<string>): Row[] {
  if (collapsed.size === 0) return rows;
  const shown: Row[] = [];
  let hiddenBelow = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    if (row.depth > hiddenBelow) continue;
    hiddenBelow = collapsed.has(row.key) ? row.depth : Number.POSITIVE_INFINITY;
    shown.push(row);
  }
  return shown;
}

/** From the row up to its root, itself first. */
export function* upwards(row: Row): Generator<Row> {
  for (let each: Row | null = row; each !== null; each = each.parent) yield each;
}

/** Whether siblings follow below, for the last `most` levels above the row and the row itself: the lines of the tree. */
export function linesOf(row: Row, most = 12): boolean[] {
  const lines: boolean[] = [];
  for (const each of upwards(row)) {
    if (each.parent === null || lines.length === most) break;
    lines.unshift(each.parent.children.at(-1) !== each);
  }
  return lines;
}

function extent(spans: readonly TraceSpan[]): { start: number; end: number } {
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  for (const span of spans) {
    if (span.start <= 0) continue;
    start = Math.min(start, span.start);
    end = Math.max(end, span.start + span.duration);
  }
  return start > end ? { start: 0, end: 0 } : { start, end };
}
