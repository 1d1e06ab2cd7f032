// The critical path: the spans that, had they been quicker, would have brought the end nearer. Walked back from the end of the
// root: whoever ended last before the moment looked at held things up until then.

import { endOf } from './segments.ts';
import type { Row, Tree } from './tree.ts';

export type Stretch = { from: number; to: number };

/** For each span on the path, by its key, the stretches of its own that lie on it, latest first. */
export function criticalPath({ roots }: Tree): Map<string, Stretch[]> {
  const path = new Map<string, Stretch[]>();
  const [root] = roots;
  if (root === undefined) return path;
  const waiting: { row: Row; until: number }[] = [{ row: root, until: endOf(root) }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { row } = next;
    let until = Math.min(next.until, endOf(row));
    const byEnd = [...row.children].sort((a, b) => endOf(b) - endOf(a));
    for (const child of byEnd) {
      const end = Math.min(endOf(child), until);
      if (child.span.start >= until || endOf(child) > until + 0.0005) continue;
      keep(path, row, Math.max(end, row.span.start), until);
      waiting.push({ row: child, until: end });
      until = Math.max(child.span.start, row.span.start);
    }
    keep(path, row, row.span.start, until);
  }
  return path;
}

function keep(path: Map<string, Stretch[]>, { key }: Row, from: number, to: number): void {
  const stretches = path.get(key) ?? [];
  if (to > from) stretches.push({ from, to });
  path.set(key, stretches);
}
