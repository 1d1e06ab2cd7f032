// Who had the letter when: the time of a trace cut into pieces, each given to the innermost span open then (the deepest; of
// two, the one that began last). The pieces lie side by side from the first start to the last end.

import type { Row, Tree } from './tree.ts';

export type Segment = {
  /** Milliseconds since 1970. */
  from: number;
  to: number;
  /** The innermost span open; null while none is. */
  row: Row | null;
};

/** The pieces of the tree's time, in order; none shorter than half a microsecond. */
export function segmentsOf({ rows, start }: Tree): Segment[] {
  const starts = [...rows].sort((a, b) => a.span.start - b.span.start || a.depth - b.depth);
  const ends = [...rows].sort((a, b) => endOf(a) - endOf(b));
  const cuts = momentsOf(rows);
  const open = new OpenRows();
  const segments: Segment[] = [];
  let at = start;
  let [s, e, c] = [0, 0, 0];

  const advance = (to: number) => {
    if (to - at < 0.0005) return;
    const row = open.innermost();
    segments.push({ from: at, to, row });
    at = to;
  };
  while (e < ends.length) {
    const nextStart = starts[s]?.span.start ?? Number.POSITIVE_INFINITY;
    const nextEnd = endOf(ends[e] as Row);
    const nextCut = cuts[c] ?? Number.POSITIVE_INFINITY;
    if (nextCut <= nextStart && nextCut <= nextEnd) {
      advance(nextCut);
      c++;
    } else if (nextStart <= nextEnd) {
      advance(nextStart);
      open.add(starts[s++] as Row);
    } else {
      advance(nextEnd);
      open.remove(ends[e++] as Row);
    }
  }
  return segments;
}

export function endOf({ span }: Row): number {
  return span.start + span.duration;
}

/** Moments inside a span after which its time means something else: of a request sent, waited for and read. */
function momentsOf(rows: readonly Row[]): number[] {
  const own = rows.filter(({ span }) => span.service === 'visitor' && span.kind === 2);
  const times = own.flatMap((row) =>
    row.span.events.filter(({ time }) => time > row.span.start && time < endOf(row)).map(({ time }) => time),
  );
  return times.sort((a, b) => a - b);
}

/** The spans open at one moment, by their depth. */
class OpenRows {
  readonly #levels: Set<Row>[] = [];
  #deepest = -1;

  add(row: Row): void {
    this.#levels[row.depth] ??= new Set();
    this.#levels[row.depth]?.add(row);
    this.#deepest = Math.max(this.#deepest, row.depth);
  }

  remove(row: Row): void {
    this.#levels[row.depth]?.delete(row);
    while (this.#deepest >= 0 && !this.#levels[this.#deepest]?.size) this.#deepest--;
  }

  innermost(): Row | null {
    let found: Row | null = null;
    for (const row of this.#levels[this.#deepest] ?? []) {
      if (found === null || row.span.start >= found.span.start) found = row;
    }
    return found;
  }
}
