// The journey in sentences, there and back, with the names and times of a real trace. Each belongs to its span, whose entry in the
// contract has the words.

import { findSpec } from '../otel/contract/index.ts';
import { time } from '../otel/contract/phrases.ts';
import { foreignStory } from './foreign-story.ts';
import type { TraceSpan } from './model.ts';
import { endOf } from './segments.ts';
import { type SpanNode, type Tree, treeOf } from './tree.ts';

export type Sentence = {
  text: string;
  node: SpanNode;
  /** In ms since 1970. */
  time: number;
  /** Whether it is of the way back, with an answer. */
  isBack: boolean;
  /** Whether it says how its span ended. */
  isEnd: boolean;
};

/** Tells `spans` (one trace, in the order of start). */
export function storyOf(spans: readonly TraceSpan[]): Sentence[] {
  return storyIn(treeOf(spans));
}

/** The same of a tree, in the order of time. */
export function storyIn({ nodes }: Pick<Tree, 'nodes'>): Sentence[] {
  const sentences: Sentence[] = [];
  const open: SpanNode[] = [];
  const closeDownTo = (depth: number) => {
    while (open.length > depth) sentences.push(...sentencesOf(open.pop() as SpanNode, true));
  };
  // In the order in which things happen, which a stable sort keeps where times are equal.
  for (const node of nodes) {
    closeDownTo(node.depth);
    open.push(node);
    sentences.push(...sentencesOf(node, false));
  }
  closeDownTo(0);
  return sentences.sort((a, b) => a.time - b.time);
}

/** The sentence of a span as it begins, or at its end; at most one. */
function sentencesOf(node: SpanNode, isEnd: boolean): Sentence[] {
  const { span, parent, children } = node;
  const spec = findSpec(span);
  const { before, after = spec && children.length > 0 ? ended : undefined } = spec?.story ?? foreignStory(node);
  const sentence = isEnd ? after : before;
  const text = sentence?.(span, { parent: parent?.span, children: children.map((each) => each.span) });
  const isBack = spec?.returns?.(span) ?? isEnd;
  return text ? [{ text, node, time: isEnd ? answeredAt(node) : span.start, isBack, isEnd }] : [];
}

function ended(span: TraceSpan): string {
  return `The step “${span.name}” is done, after ${time(span)}.`;
}

/** When the way there is over for a span (ms since 1970): its last child has ended, or itself where it has none or they outlast it. */
export function answeredAt({ span, children }: SpanNode): number {
  const last =
    children.length === 0 ? endOf(span) : children.reduce((latest, child) => Math.max(latest, endOf(child.span)), 0);
  return Math.max(span.start, Math.min(endOf(span), last));
}

/** The most sentences that are shown at once. */
const AT_ONCE = 3;
/** Times are kept in microseconds (here ms). */
const SAME_TIME = 0.0006;

/** What is said in each of `pieces` of time (in their order): what has happened since the one before; where nothing has, still that. */
export function sentencesDuring(
  story: readonly Sentence[],
  pieces: readonly { from: number }[],
): (readonly Sentence[])[] {
  let next = 0;
  let shown: readonly Sentence[] = [];
  return pieces.map(({ from }) => {
    const first = next;
    while (next < story.length && (story[next] as Sentence).time <= from + SAME_TIME) next++;
    const news = story.slice(first, next).filter(({ node, time }) => {
      const isOver = node.children.length > 0 && answeredAt(node) <= from + SAME_TIME;
      return !isOver || time >= answeredAt(node);
    });
    if (news.length > 0) shown = news.slice(-AT_ONCE);
    return shown;
  });
}
