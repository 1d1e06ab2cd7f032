// For tests: the replay of a trace, and what it says at a wrong moment.

import { replayOf, type Step } from '../../../traces/map/replay.ts';
import { visitedBy } from '../../../traces/map/visited.ts';
import type { TraceSpan } from '../../../traces/model.ts';
import { segmentsOf } from '../../../traces/segments.ts';
import { answeredAt, storyIn } from '../../../traces/story.ts';
import { inTime, treeOf } from '../../../traces/tree.ts';

/** The steps of the replay of `spans`. */
export function stepsOf(spans: readonly TraceSpan[]): Step[] {
  const tree = treeOf(inTime(spans));
  return replayOf(segmentsOf(tree.nodes, tree), visitedBy(tree).roads, storyIn(tree)).steps;
}

/** Sentences of the way there that come after the last child of their span has ended: none, if the replay is right. */
export function saidTooLate(spans: readonly TraceSpan[]): string[] {
  return stepsOf(spans).flatMap(({ sentences, from, to }) =>
    sentences
      .filter(({ node, time }) => node.children.length > 0 && time < answeredAt(node))
      .filter(({ node }) => (from + to) / 2 > answeredAt(node))
      .map(({ text }) => text),
  );
}
