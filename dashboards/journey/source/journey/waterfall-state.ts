// The state of a waterfall: what is folded, searched, left out, and which part of the time is shown.

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { headAt } from '../../../../traces/map/replay.ts';
import type { SpanNode } from '../../../../traces/tree.ts';
import { shownRows } from '../layout/rows.ts';
import type { Journey } from './state.ts';

export const ROW_HEIGHT = 28;

/** What a waterfall's tools set. */
export type WaterfallState = {
  collapsed: Signal<ReadonlySet<string>>;
  search: Signal<string>;
  /** Services that are switched off. */
  without: Signal<ReadonlySet<string>>;
  criticalOnly: Signal<boolean>;
  /** Whether time runs as in the replay, in which short spans are long enough to be seen. */
  magnified: Signal<boolean>;
  /** The part of the time that is shown, in ms since the start of the trace. */
  range: Signal<readonly [number, number]>;
  rows: ReadonlySignal<readonly SpanNode[]>;
  /** Of a search, the rows found. */
  found: ReadonlySignal<ReadonlySet<string> | null>;
};

/** The tools as they stand at first: everything shown. */
export function createWaterfallState({ tree, critical }: Journey): WaterfallState {
  const total = tree.end - tree.start || 1;
  const state = {
    collapsed: signal<ReadonlySet<string>>(new Set()),
    search: signal(''),
    without: signal<ReadonlySet<string>>(new Set()),
    criticalOnly: signal(false),
    magnified: signal(false),
    range: signal<readonly [number, number]>([0, total]),
  };
  const rows = computed(() =>
    shownRows(tree.nodes, state.collapsed.value).filter(
      ({ key, span }) => !state.without.value.has(span.service) && (!state.criticalOnly.value || critical.has(key)),
    ),
  );
  const found = computed(() => {
    const wanted = state.search.value.trim().toLowerCase();
    return wanted === ''
      ? null
      : new Set(tree.nodes.filter((row) => searchTextOf(row).includes(wanted)).map(({ key }) => key));
  });
  return { ...state, rows, found };
}

function searchTextOf({ span }: SpanNode): string {
  return `${span.service} ${span.name} ${span.error ?? ''} ${JSON.stringify(span.attributes)}`.toLowerCase();
}

/** Where a time (ms since the start of the trace) is drawn, in ms of an even scale. */
export function drawnAt(
  { tree, replay }: Journey,
  { magnified }: Pick<WaterfallState, 'magnified'>,
  time: number,
): number {
  if (!magnified.value) return time;
  return (headAt(replay, tree.start + time) / (replay.length || 1)) * (tree.end - tree.start);
}

/** Shows `factor` as much time as before, around a point (0 left, 1 right). */
export function zoom({ tree }: Journey, range: WaterfallState['range'], factor: number, around = 0.5): void {
  const total = tree.end - tree.start || 1;
  const [from, to] = range.peek();
  const length = Math.min(total, Math.max((to - from) * factor, 0.01));
  const start = Math.min(Math.max(0, from + (to - from - length) * around), total - length);
  range.value = [start, start + length];
}

/** Opens or closes what is below a row. */
export function fold(collapsed: WaterfallState['collapsed'], key: string): void {
  const next = new Set(collapsed.peek());
  if (!next.delete(key)) next.add(key);
  collapsed.value = next;
}
