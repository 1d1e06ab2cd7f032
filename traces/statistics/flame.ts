// Many traces folded to one flame graph: spans with the same path of names from the root are one node.

import { criticalPath } from '../critical-path.ts';
import type { TraceSpan } from '../model.ts';
import { selfTime } from '../self-time.ts';
import { inTime, type SpanNode, treeOf } from '../tree.ts';

/** Times in ms, means of all traces (0 in a trace without it): its duration, its own work, and how long it was on the critical path. */
export type FlameNode = {
  /** Service, name and kind of each span from the root to here. */
  path: string;
  span: TraceSpan;
  /** In how many spans it occurs. */
  count: number;
  total: number;
  self: number;
  critical: number;
  children: FlameNode[];
};

/** Folds `traces`, the first root of each; undefined without one. */
export function flameOf(traces: readonly (readonly TraceSpan[])[]): FlameNode | undefined {
  const roots = traces.flatMap((spans) => treeOf(inTime(spans)).roots.slice(0, 1));
  const critical = new Map(roots.flatMap((root) => [...criticalPath(root)]));
  const criticalTime = (node: SpanNode) => (critical.get(node) ?? []).reduce((sum, { from, to }) => sum + to - from, 0);
  const mean = (nodes: readonly SpanNode[], time: (node: SpanNode) => number) =>
    nodes.reduce((sum, node) => sum + time(node), 0) / roots.length;

  const fold = (nodes: readonly SpanNode[], above: string): FlameNode[] =>
    [...Map.groupBy(nodes, ({ span }) => `${above}/${span.service} ${span.name} ${span.kind}`)].map(([path, same]) => ({
      path,
      span: (same[0] as SpanNode).span,
      count: same.length,
      total: mean(same, ({ span }) => span.duration),
      self: mean(same, (node) => selfTime(node).worked),
      critical: mean(same, criticalTime),
      children: fold(
        same.flatMap(({ children }) => children),
        path,
      ),
    }));
  return fold(roots, '')[0];
}

/** Two flame graphs laid over each other: the nodes of both, each with its counterpart. Null where a side does not have it. */
export type FlamePair = { a: FlameNode | null; b: FlameNode | null; children: FlamePair[] };

/** Pairs the nodes of two flame graphs by their paths. */
export function pairFlames(a: FlameNode | null, b: FlameNode | null): FlamePair {
  const inB = new Map(b?.children.map((child) => [child.path, child]));
  const ofA = (a?.children ?? []).map((child) => pairFlames(child, inB.get(child.path) ?? null));
  const known = new Set(a?.children.map(({ path }) => path));
  const ofB = (b?.children ?? []).filter(({ path }) => !known.has(path)).map((child) => pairFlames(null, child));
  return { a, b, children: [...ofA, ...ofB] };
}
