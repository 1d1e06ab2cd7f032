// Two traces laid over each other: a station is where both have the same path of names from the root, which is how
// Jaeger's trace comparison matches them too.

import { rootsOf, type TraceSpan } from './model.ts';

/** One station, with the span of each side that stands there (null: that side never came by). */
export type Station = { a: TraceSpan | null; b: TraceSpan | null; follows: boolean[] };

/** Aligns two traces; parents before children, the first trace's order first. */
export function align(a: readonly TraceSpan[], b: readonly TraceSpan[]): Station[] {
  const childrenOfA = Map.groupBy(a, ({ parentSpanId }) => parentSpanId ?? '');
  const childrenOfB = Map.groupBy(b, ({ parentSpanId }) => parentSpanId ?? '');

  const walk = (inA: readonly TraceSpan[], inB: readonly TraceSpan[], above: boolean[] | null): Station[] => {
    const pairs = pair(inA, inB);
    return pairs.flatMap((each, index) => {
      const follows = above === null ? [] : [...above, index < pairs.length - 1];
      const below = walk(
        childrenOfA.get(each.a?.spanId ?? '-') ?? [],
        childrenOfB.get(each.b?.spanId ?? '-') ?? [],
        follows,
      );
      return [{ ...each, follows }, ...below];
    });
  };
  return walk(rootsOf(a), rootsOf(b), null);
}

/** Siblings of both sides, matched by service, name and kind in their order; those of one side only keep their place. */
function pair(inA: readonly TraceSpan[], inB: readonly TraceSpan[]): { a: TraceSpan | null; b: TraceSpan | null }[] {
  const left = [...inB];
  const pairs = inA.map((a) => {
    const found = left.findIndex((b) => b.service === a.service && b.name === a.name && b.kind === a.kind);
    return { a, b: found === -1 ? null : (left.splice(found, 1)[0] ?? null) };
  });
  return [...pairs, ...left.map((b) => ({ a: null, b }))];
}
