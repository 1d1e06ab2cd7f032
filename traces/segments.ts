// Which span was at work at each moment: a stretch of time cut into segments, each of the innermost span open then (the deepest;
// of two, the one that began last). Segments do not overlap.

import { visitor } from '../otel/contract/index.ts';
import type { TraceSpan } from './model.ts';

/** A span and its depth in the tree. */
export type Placed = { span: TraceSpan; depth: number };

export type Segment<N> = {
  /** Milliseconds since 1970. */
  from: number;
  to: number;
  /** The innermost span open; null while none is. */
  node: N | null;
};

/** A shorter segment becomes part of its neighbour, in ms: times have a precision of microseconds. */
const MIN_LENGTH = 0.0005;

/** The segments of the time from `start` to `end` (ms since 1970), in order. */
export function segmentsOf<N extends Placed>(
  nodes: readonly N[],
  { start, end }: { start: number; end: number },
): Segment<N>[] {
  const segments: Segment<N>[] = [];
  const open = new OpenSpans<N>();
  let at = start;
  for (const { time, apply } of changesOf(nodes)) {
    if (time >= end) break;
    if (time - at >= MIN_LENGTH) {
      segments.push({ from: at, to: time, node: open.innermost() });
      at = time;
    }
    apply(open);
  }
  if (end > at) segments.push({ from: at, to: end, node: open.innermost() });
  return segments;
}

/** When a span ends, in ms since 1970. */
export function endOf({ start, duration }: TraceSpan): number {
  return start + duration;
}

type Change<N extends Placed> = { time: number; apply: (open: OpenSpans<N>) => void };

/** Every start, end and inner moment, in order; at one time a span begins before another ends. */
function changesOf<N extends Placed>(nodes: readonly N[]): Change<N>[] {
  const byDepth = [...nodes].sort((a, b) => a.depth - b.depth);
  const starts = byDepth.map((node): Change<N> => ({ time: node.span.start, apply: (open) => open.add(node) }));
  const ends = byDepth.map((node): Change<N> => ({ time: endOf(node.span), apply: (open) => open.remove(node) }));
  const cuts = nodes.flatMap(({ span }) => innerMoments(span)).map((time): Change<N> => ({ time, apply: () => {} }));
  return [...starts, ...ends, ...cuts].sort((a, b) => a.time - b.time);
}

/** Moments inside a span after which its time means something else: of a request sent, waited for and read. */
function innerMoments(span: TraceSpan): number[] {
  if (span.service !== visitor.request.service || span.kind !== visitor.request.kind) return [];
  return span.events.map(({ time }) => time).filter((time) => time > span.start && time < endOf(span));
}

/** The spans open at one moment, by their depth, in the order in which they began. */
class OpenSpans<N extends Placed> {
  readonly #levels: N[][] = [];
  readonly #ended = new Set<N>();

  add(node: N): void {
    for (let depth = this.#levels.length; depth <= node.depth; depth++) this.#levels.push([]);
    this.#levels[node.depth]?.push(node);
  }

  remove(node: N): void {
    this.#ended.add(node);
  }

  innermost(): N | null {
    for (let level = this.#levels.at(-1); level; level = this.#levels.at(-1)) {
      for (let last = level.at(-1); last; last = level.at(-1)) {
        if (!this.#ended.has(last)) return last;
        level.pop();
      }
      this.#levels.pop();
    }
    return null;
  }
}
