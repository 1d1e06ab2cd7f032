// The journey in sentences, with the names and times of a real trace, in the order of time. Each belongs to its span, whose entry
// in the contract has the words.

import { findSpec } from '../otel/contract/index.ts';
import type { TraceSpan } from './model.ts';
import { endOf } from './segments.ts';
import { treeOf } from './tree.ts';

/** `time` is in ms since 1970. */
export type Sentence = { text: string; spanId: string; time: number };

/** Tells `spans` (one trace, in the order of start); spans that are not the lab's own are passed over. */
export function storyOf(spans: readonly TraceSpan[]): Sentence[] {
  const sentences = treeOf(spans).nodes.flatMap(({ span, parent, children }) => {
    const { before, after } = findSpec(span)?.story ?? {};
    const around = { parent: parent?.span, children: children.map((child) => child.span) };
    const { spanId, start } = span;
    return [
      ...(before ? [{ text: before(span, around), spanId, time: start }] : []),
      ...(after ? [{ text: after(span, around), spanId, time: endOf(span) }] : []),
    ];
  });
  return sentences.sort((a, b) => a.time - b.time);
}
