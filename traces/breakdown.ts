// The time breakdown: each microsecond of a trace's root belongs to one stage, that of the innermost span open then.
// The stages add up to the root, to the microsecond; time without a span is `untracked`.

import { STAGES, type Stage } from '../otel/contract/stages.ts';
import type { TraceSpan } from './model.ts';
import { endOf, type Segment, segmentsOf } from './segments.ts';
import { stageOf } from './stages.ts';
import { type SpanNode, treeOf } from './tree.ts';

/** A stage's time in microseconds, and the spans that it belongs to, the one with most of it first. */
export type Entry = { stage: Stage; micros: number; nodes: { node: SpanNode; micros: number }[] };

export type Breakdown = { root: TraceSpan; micros: number; entries: Entry[] };

/** The breakdown of `spans` (one trace, in the order of start); undefined when there are none. */
export function breakdownOf(spans: readonly TraceSpan[]): Breakdown | undefined {
  const { roots, nodes } = treeOf(spans);
  const root = roots[0]?.span;
  if (root === undefined) return undefined;
  const window = { start: root.start, end: endOf(root) };
  return { root, micros: micros(window.end) - micros(window.start), entries: entriesOf(segmentsOf(nodes, window)) };
}

/** The entries that `segments` make, in the order of the journey; stages that took no time are left out. */
export function entriesOf(segments: readonly Segment<SpanNode>[]): Entry[] {
  const stages = new Map<Stage, Map<SpanNode | null, number>>();
  for (const { from, to, node } of segments) {
    const stage = stageOf(node, (from + to) / 2);
    const times = stages.get(stage) ?? new Map<SpanNode | null, number>();
    // The difference of two rounded times, not a rounded difference: so that the entries add up.
    times.set(node, (times.get(node) ?? 0) + micros(to) - micros(from));
    stages.set(stage, times);
  }
  return (Object.keys(STAGES) as Stage[]).flatMap((stage) => {
    const times = [...(stages.get(stage) ?? [])];
    const sum = times.reduce((all, [, each]) => all + each, 0);
    const nodes = times.flatMap(([node, each]) => (node === null ? [] : [{ node, micros: each }]));
    return sum === 0 ? [] : [{ stage, micros: sum, nodes: nodes.sort((a, b) => b.micros - a.micros) }];
  });
}

function micros(milliseconds: number): number {
  return Math.round(milliseconds * 1000);
}
