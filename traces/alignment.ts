// Two traces laid over each other: a station is where both have the same path of names from the root, which is how
// Jaeger's trace comparison matches them too.

import type { TraceSpan } from './model.ts';
import { type SpanNode, treeOf } from './tree.ts';
import { DRAWN_DEPTH } from './waterfall.ts';

/** One station, with the span of each side that stands there (null: that side never came by). */
export type Station = { a: TraceSpan | null; b: TraceSpan | null; follows: boolean[] };

type Pair = { a: SpanNode | null; b: SpanNode | null };

/** Aligns two traces; parents before children, the first trace's order first. */
export function align(a: readonly TraceSpan[], b: readonly TraceSpan[]): Station[] {
  const stations: Station[] = [];
  const levels = [{ pairs: pair(treeOf(a).roots, treeOf(b).roots), next: 0 }];
  const path: boolean[] = []; // whether more follow, on each level below the roots
  for (let level = levels.at(-1); level; level = levels.at(-1)) {
    const each = level.pairs[level.next++];
    if (each === undefined) {
      levels.pop();
      continue;
    }
    path.length = levels.length - 1;
    if (path.length > 0) path[path.length - 1] = level.next < level.pairs.length;
    stations.push({ a: each.a?.span ?? null, b: each.b?.span ?? null, follows: path.slice(0, DRAWN_DEPTH) });
    levels.push({ pairs: pair(each.a?.children ?? [], each.b?.children ?? []), next: 0 });
  }
  return stations;
}

/** Siblings of both sides, matched by service, name and kind in their order; those of one side only keep their place. */
function pair(inA: readonly SpanNode[], inB: readonly SpanNode[]): Pair[] {
  const waiting = Map.groupBy(inB, keyOf);
  for (const list of waiting.values()) list.reverse();
  const matched = new Set<SpanNode>();
  const pairs = inA.map((a) => {
    const b = waiting.get(keyOf(a))?.pop() ?? null;
    if (b) matched.add(b);
    return { a, b };
  });
  return [...pairs, ...inB.filter((b) => !matched.has(b)).map((b) => ({ a: null, b }))];
}

function keyOf({ span: { service, name, kind } }: SpanNode): string {
  return JSON.stringify([service, name, kind]);
}
