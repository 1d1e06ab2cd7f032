// What of a trace's duration says more about the machine than about the request.

import { ATTR_CPU_WAIT, ATTR_EVENT_LOOP_ACTIVE, ATTR_GC_PAUSE } from '../otel/contract/names.ts';
import { criticalPath } from './critical-path.ts';
import type { TraceSpan } from './model.ts';
import { inTime, type SpanNode, type Tree, treeOf } from './tree.ts';

/** Less is not worth a sentence: in ms, and as a share of the trace. */
const MIN_MS = 2;
const MIN_SHARE = 0.1;

/** The attributes of what can hold a request up, and what the sentence calls it. */
const STALLS = {
  [ATTR_CPU_WAIT]: 'waiting for a CPU',
  [ATTR_EVENT_LOOP_ACTIVE]: 'a busy event loop',
  [ATTR_GC_PAUSE]: 'garbage collection',
};

/** One sentence for a trace that was stretched by a busy machine, a busy event loop or garbage collection; '' for any other. */
export function stallSentence(spans: readonly TraceSpan[]): string {
  const tree = treeOf(inTime(spans));
  const [root] = tree.roots;
  if (root === undefined) return '';
  const measured = [...timeHeldUp(tree, root)];
  const parts = Object.entries(STALLS).flatMap(([name, words]) => {
    const ms = measured.reduce((sum, [span, most]) => sum + Math.min(stallOf(span, name), most), 0);
    if (ms < MIN_MS || ms < MIN_SHARE * root.span.duration) return [];
    return [{ name, time: `${ms.toFixed(ms < 10 ? 1 : 0)} ms`, words }];
  });
  const [first, ...rest] = parts;
  if (first === undefined) return '';
  const sentence = [
    `${first.time} of this were ${first.words}`,
    ...rest.map(({ time, words }) => `${time} were ${words}`),
  ];
  return `${first.name === ATTR_CPU_WAIT ? 'The machine was busy: ' : ''}${sentence.join(', ')}.`;
}

/** A worker answers one request at a time: its event loop is busy with the request itself. */
function stallOf({ service, attributes }: TraceSpan, name: string): number {
  return name === ATTR_EVENT_LOOP_ACTIVE && service === 'app' ? 0 : Number(attributes[name] ?? 0);
}

/**
 * For each span that was measured, how long the trace waited for its process, in ms: the time on the critical path of the span and of
 * those below it in the same process. These times do not overlap, so what several processes lost at the same moment counts once.
 */
function timeHeldUp({ nodes }: Tree, root: SpanNode): Map<TraceSpan, number> {
  const path = criticalPath(root);
  const times = new Map<TraceSpan, number>();
  const measured = new Map<SpanNode, TraceSpan>(); // for a span the nearest measured one of its process, itself included
  for (const node of nodes) {
    const { span, parent } = node;
    const above = parent?.span.service === span.service ? measured.get(parent) : undefined;
    const nearest = Object.keys(STALLS).some((name) => name in span.attributes) ? span : above;
    if (nearest === undefined) continue;
    measured.set(node, nearest);
    const own = (path.get(node) ?? []).reduce((sum, { from, to }) => sum + to - from, 0);
    times.set(nearest, (times.get(nearest) ?? 0) + own);
  }
  return times;
}
