// Spans to a tree, whatever they say of each other. Where they contradict a tree, every span is still in it, once:
//
//   a parent that is not there          the span is a root (an orphan)
//   a span that is its own parent       a root
//   parents that go round in a circle   the first of them to start is a root
//   a server with its client's id       (Zipkin) below that client; a child with that id stands below the server
//   other spans that share an id        each below its own parent; a child with that id stands below the first

import { SpanKind } from '@opentelemetry/api';
import type { TraceSpan } from './model.ts';

/** A span where it stands in its tree. */
export type SpanNode = {
  /** By what a view knows it: the span's id; with `~2` behind it for the second span of one id. */
  key: string;
  span: TraceSpan;
  parent: SpanNode | null;
  /** In the order in which the spans were given. */
  children: SpanNode[];
  /** 0 for a root. */
  depth: number;
  /** Whether it stands at the top though it names a parent. */
  orphan: boolean;
};

/** A trace's roots; all its spans, parents before their children; and when it begins and ends, in ms since 1970. */
export type Tree = { roots: SpanNode[]; nodes: SpanNode[]; start: number; end: number };

/** The tree of `spans` (one trace, in the order of start). */
export function treeOf(spans: readonly TraceSpan[]): Tree {
  const all = spans.map(
    (span): SpanNode => ({ key: span.spanId, span, parent: null, children: [], depth: 0, orphan: false }),
  );
  const sharing = Map.groupBy(all, ({ span }) => span.spanId);
  for (const node of all) node.parent = parentOf(node, sharing);
  openCircles(all);
  for (const node of all) node.parent?.children.push(node);
  const roots = all.filter(({ parent }) => parent === null);
  for (const root of roots) root.orphan = root.span.parentSpanId !== null;
  const nodes = inOrder(roots);
  nameTwins(nodes, sharing);
  return { roots, nodes, ...extentOf(spans) };
}

/** `spans` in the order of their start, the longest first; one that says no time stands where the trace begins. */
export function inTime(spans: readonly TraceSpan[]): TraceSpan[] {
  const { start } = extentOf(spans);
  const timed = spans.map((span) => (span.start > 0 ? span : { ...span, start, duration: 0 }));
  return timed.sort((a, b) => a.start - b.start || b.duration - a.duration);
}

/** From a span up to its root, itself first. */
export function* upwards(node: SpanNode): Generator<SpanNode> {
  for (let each: SpanNode | null = node; each !== null; each = each.parent) yield each;
}

/**
 * What `own` finds of the nearest span, from `node` up; `none` where it finds nothing. `known` keeps it for each span on the way:
 * else a trace ten thousand deep would be climbed ten thousand times.
 */
export function nearestUpwards<T>(
  node: SpanNode,
  own: (node: SpanNode) => T | undefined,
  none: T,
  known: WeakMap<SpanNode, T>,
): T {
  const climbed: SpanNode[] = [];
  let found: T | undefined;
  for (const each of upwards(node)) {
    climbed.push(each);
    found = known.get(each) ?? own(each);
    if (found !== undefined) break;
  }
  for (const each of climbed) known.set(each, found ?? none);
  return found ?? none;
}

/** The spans at the top of a trace: without a parent, or with one that is not in it. One, in a whole trace. */
export function rootsOf(spans: readonly TraceSpan[]): TraceSpan[] {
  return treeOf(spans).roots.map(({ span }) => span);
}

function parentOf(node: SpanNode, sharing: Map<string, SpanNode[]>): SpanNode | null {
  const { spanId, parentSpanId, kind } = node.span;
  const client = kind === SpanKind.SERVER && clientIn(sharing.get(spanId));
  if (client) return client;
  if (parentSpanId === null || parentSpanId === spanId) return null;
  const named = sharing.get(parentSpanId) ?? [];
  const server = clientIn(named) && named.find(({ span }) => span.kind === SpanKind.SERVER);
  return server || named[0] || null;
}

function clientIn(nodes: SpanNode[] = []): SpanNode | undefined {
  return nodes.length > 1 ? nodes.find(({ span }) => span.kind === SpanKind.CLIENT) : undefined;
}

/** Takes the parent from one span of every circle. */
function openCircles(all: readonly SpanNode[]): void {
  const place = new Map(all.map((node, index) => [node, index]));
  const led = new Set<SpanNode>(); // known to lead to a root
  for (const start of all) {
    if (start.parent === null || led.has(start.parent)) {
      led.add(start); // nearly every span: parents come first
      continue;
    }
    const way = new Set<SpanNode>();
    let node: SpanNode | null = start;
    while (node !== null && !led.has(node) && !way.has(node)) {
      way.add(node);
      node = node.parent;
    }
    if (node !== null && way.has(node)) {
      let first = node;
      for (let each = node.parent; each !== null && each !== node; each = each.parent) {
        if ((place.get(each) ?? 0) < (place.get(first) ?? 0)) first = each;
      }
      first.parent = null;
    }
    for (const each of way) led.add(each);
  }
}

/** Gives each of the spans that share an id a key of its own. */
function nameTwins(nodes: readonly SpanNode[], sharing: ReadonlyMap<string, SpanNode[]>): void {
  if (sharing.size === nodes.length) return;
  const counts = new Map<string, number>();
  for (const node of nodes) {
    const count = (counts.get(node.key) ?? 0) + 1;
    counts.set(node.key, count);
    if (count > 1) node.key += `~${count}`;
  }
}

function extentOf(spans: readonly TraceSpan[]): { start: number; end: number } {
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  for (const span of spans) {
    if (span.start <= 0) continue;
    start = Math.min(start, span.start);
    end = Math.max(end, span.start + span.duration);
  }
  return start > end ? { start: 0, end: 0 } : { start, end };
}

function inOrder(roots: readonly SpanNode[]): SpanNode[] {
  const nodes: SpanNode[] = [];
  const open = roots.toReversed();
  for (let node = open.pop(); node; node = open.pop()) {
    nodes.push(node);
    node.depth = node.parent === null ? 0 : node.parent.depth + 1;
    for (let index = node.children.length - 1; index >= 0; index--) open.push(node.children[index] as SpanNode);
  }
  return nodes;
}
