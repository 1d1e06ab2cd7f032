// The state of one journey's view: the trace laid out once, the chosen span, and the play-head, one signal that drives map, rows
// and words.

import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type Entry, entriesOf } from '../../../../traces/breakdown.ts';
import { criticalPath, type Stretch } from '../../../../traces/critical-path.ts';
import { arrivalAt, type Replay, realTime, replayOf, type Step, stepAt } from '../../../../traces/map/replay.ts';
import { type Visited, visitedBy } from '../../../../traces/map/visited.ts';
import type { TraceSpan, TracesData } from '../../../../traces/model.ts';
import { type Segment, segmentsOf } from '../../../../traces/segments.ts';
import { type Sentence, storyIn } from '../../../../traces/story.ts';
import { inTime, type SpanNode, type Tree, treeOf } from '../../../../traces/tree.ts';

export type Journey = {
  traceId: string;
  spans: readonly TraceSpan[];
  /** The same as it was filed, for exports. */
  data: TracesData;
  tree: Tree;
  byKey: ReadonlyMap<string, SpanNode>;
  segments: readonly Segment<SpanNode>[];
  stages: readonly Entry[];
  critical: ReadonlyMap<string, readonly Stretch[]>;
  visited: Visited;
  replay: Replay;
  story: readonly Sentence[];
  /** The chosen span's key. */
  chosen: Signal<string | null>;
  /** Seconds of the replay. */
  head: Signal<number>;
  playing: Signal<boolean>;
  /** Whether the request or the response is open in its dialog. */
  openMessage: Signal<'request' | 'answer' | null>;
  speed: Signal<number>;
  step: ReadonlySignal<Step | undefined>;
  /** The sentences at the play-head; none before the replay has been moved. */
  sentences: ReadonlySignal<readonly Sentence[]>;
  /** The key of the span at the play-head; null before the replay has been moved. */
  current: ReadonlySignal<string | null>;
};

/** A trace as it was read, and as it was filed. */
export type FiledTrace = Pick<Journey, 'traceId' | 'spans' | 'data'>;

/** Lays out a trace of at least one span. */
export function createJourney({ traceId, spans, data }: FiledTrace, chosenKey: string | null): Journey {
  const tree = treeOf(inTime(spans));
  const byKey = new Map(tree.nodes.map((node) => [node.key, node]));
  const segments = segmentsOf(tree.nodes, tree);
  const visited = visitedBy(tree);
  const story = storyIn(tree);
  const replay = replayOf(segments, visited.roads, story);
  const chosen = signal(chosenKey !== null && byKey.has(chosenKey) ? chosenKey : null);
  const head = signal(0);
  const step = computed(() => stepAt(replay, head.value));
  const sentences = computed(() => {
    if (head.value === 0) return [];
    return head.value >= replay.length ? story.slice(-1) : (step.value?.sentences ?? []);
  });
  return {
    traceId,
    spans,
    data,
    tree,
    byKey,
    segments,
    stages: entriesOf(segments),
    critical: new Map(
      tree.roots.slice(0, 1).flatMap((root) => [...criticalPath(root)].map(([row, path]) => [row.key, path])),
    ),
    visited,
    replay,
    story,
    sentences,
    chosen,
    head,
    playing: signal(false),
    openMessage: signal<'request' | 'answer' | null>(null),
    speed: signal(1),
    step,
    current: computed(() => (head.value === 0 ? null : (step.value?.row?.key ?? null))),
  };
}

/** Chooses a span everywhere (null: none). The play-head goes to `moment` (ms since 1970), unless the replay runs. */
export function choose(journey: Journey, row: SpanNode | null, moment = row?.span.start ?? 0): void {
  batch(() => {
    journey.chosen.value = row?.key ?? null;
    if (row && !journey.playing.peek()) journey.head.value = arrivalAt(journey.replay, moment + AFTER);
  });
}

/** Times are kept in microseconds: so long after a moment (ms), what happened at it has happened. */
const AFTER = 0.0006;

/** The real time at the play-head, in ms since the start of the trace. */
export function elapsed({ replay, tree, head }: Journey): number {
  return Math.max(0, realTime(replay, head.value) - tree.start);
}

/** Goes to the next sentence or the one before; without sentences, to the next span. */
export function stepBy(journey: Journey, direction: 1 | -1): void {
  const { replay, head } = journey;
  const { steps } = replay;
  const now = stepAt(replay, head.peek());
  const contentOf = (step?: Step) => (step?.sentences.length ? step.sentences : step?.row);
  let index = now ? steps.indexOf(now) : 0;
  if (head.peek() > 0) while (steps[index] && contentOf(steps[index]) === contentOf(now)) index += direction;
  // Backwards, to where that sentence begins.
  while (direction === -1 && index > 0 && contentOf(steps[index - 1]) === contentOf(steps[index])) index--;
  batch(() => {
    journey.playing.value = false;
    const target = steps[Math.max(0, index)];
    // To the end of the walk, so that the envelope stands where it has arrived.
    head.value = target ? Math.min(replay.length, target.at + target.length * 0.999) : replay.length;
    if (journey.chosen.peek() !== null) journey.chosen.value = target?.row?.key ?? null;
  });
}
