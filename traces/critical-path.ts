// The critical path: the spans that, had they been quicker, would have brought the end nearer. Walked back from the end of the
// root: the child that ended last before the moment looked at held things up until then.

import type { TraceSpan } from './model.ts';
import { endOf } from './segments.ts';

/** A span in its tree. */
type InTree<N> = { span: TraceSpan; children: readonly N[] };

/** Milliseconds since 1970. */
export type Stretch = { from: number; to: number };

/** For each span on the path, in the order of the walk, the stretches of its own that lie on it, latest first. */
export function criticalPath<N extends InTree<N>>(root: N): Map<N, Stretch[]> {
  const path = new Map<N, Stretch[]>();
  const waiting = [{ node: root, from: root.span.start, until: endOf(root.span) }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, from } = next;
    const stretches: Stretch[] = [];
    let { until } = next;
    const end = until; // what a child did after its parent's end delayed nothing
    const byEnd = [...node.children].sort((a, b) => endOf(b.span) - endOf(a.span));
    for (const child of byEnd) {
      const childEnd = Math.min(endOf(child.span), end);
      const childStart = Math.max(child.span.start, from);
      if (childEnd > until || childEnd <= childStart) continue; // beside the one that was waited for, or not there in time
      if (until > childEnd) stretches.push({ from: childEnd, to: until });
      waiting.push({ node: child, from: childStart, until: childEnd });
      until = childStart;
    }
    if (until > from) stretches.push({ from, to: until });
    path.set(node, stretches);
  }
  return path;
}
