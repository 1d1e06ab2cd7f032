// How far the clocks of two processes are apart, as their spans show: a server's span lies within the span of its client, so
//
//   client   ├──────────────────────┤
//   server       ├────────────┤             max = server start - client start    (the offset is at most this)
//                                           min = server end - client end        (and at least this)
//
// A clock that is right by both is taken for right. `min` is null where the client did not wait for the server.

import { SpanKind } from '@opentelemetry/api';
import { shownName, type TraceSpan } from '../model.ts';
import { endOf } from '../segments.ts';
import type { SpanNode } from '../tree.ts';
import { hasFailed, isSameRequest } from './calls.ts';

/** By how much the clock of `to` is ahead of the clock of `from` at a moment, in ms (negative: behind). */
export type ClockOffset = Bounds & { from: string; to: string; at: number };
/** Between what an offset lies, in ms; `min` is null where nothing bounds it. */
export type Bounds = { min: number | null; max: number };

/** Less is within what the scheduling of a busy machine and the clocks of one machine explain, in ms. */
const MIN_BEHIND_MS = 20;
const MIN_AHEAD_MS = 50;
const MAX_STEPS = 100;

/** The process of a span: its service, and the instance where there are several. */
export function processOf({ service, resource }: TraceSpan): string {
  const instance = resource['service.instance.id'];
  return typeof instance === 'string' && instance !== service
    ? `${shownName(service)} ${instance}`
    : shownName(service);
}

/** The offset that a call shows; undefined for spans of one process. */
export function offsetOf(node: SpanNode): ClockOffset | undefined {
  if (!known.has(node)) known.set(node, measure(node));
  return known.get(node);
}

/** Several checks look at each call. */
const known = new WeakMap<SpanNode, ClockOffset | undefined>();

function measure({ span, parent }: SpanNode): ClockOffset | undefined {
  if (parent === null || span.start <= 0 || parent.span.start <= 0) return undefined;
  const [from, to] = [processOf(parent.span), processOf(span)];
  if (from === to) return undefined;
  return { from, to, at: parent.span.start, min: lowerBound(span, parent), max: span.start - parent.span.start };
}

/** By what the offsets between the same two processes are grouped. */
export function pairOf({ from, to }: ClockOffset): string {
  return `${from}\0${to}`;
}

/** The offsets of all calls in a trace, one for each two processes: what all their calls allow. */
export function offsetsIn(nodes: readonly SpanNode[]): ClockOffset[] {
  const offsets = new Map<string, ClockOffset>();
  for (const node of nodes) {
    const offset = offsetOf(node);
    if (offset === undefined) continue;
    const key = pairOf(offset);
    const before = offsets.get(key);
    offsets.set(key, before === undefined ? offset : narrowed(before, offset));
  }
  return [...offsets.values()];
}

/** Whether it shows that the clocks differ. */
export function isSkewed({ min, max }: Bounds): boolean {
  return max < -MIN_BEHIND_MS || (min !== null && min > MIN_AHEAD_MS);
}

/** The best guess: the middle of what is possible, or its only bound. */
export function estimateOf({ min, max }: Bounds): number {
  return min === null ? max : (min + max) / 2;
}

/**
 * A server's span ends within that of a client that waited for its answer (not for a handshake, of which both sides end by
 * themselves). Other spans, but those of messages, begin before all that their caller does has ended.
 */
function lowerBound(span: TraceSpan, parent: SpanNode): number | null {
  const { kind } = span;
  if (kind === SpanKind.CONSUMER || kind === SpanKind.PRODUCER || hasFailed(parent.span)) return null;
  if (kind === SpanKind.SERVER) {
    const isWithin = span.duration <= parent.span.duration && isSameRequest(span, parent.span);
    return isWithin ? endOf(span) - endOf(parent.span) : null;
  }
  const top = topOf(parent);
  return top.orphan || hasFailed(top.span) ? null : span.start - endOf(top.span);
}

/** The uppermost of the spans above a node that are of its process, itself included. */
function topOf(node: SpanNode): SpanNode {
  let top = node;
  for (let step = 0; step < MAX_STEPS && top.parent !== null; step++) {
    if (processOf(top.parent.span) !== processOf(node.span)) break;
    top = top.parent;
  }
  return top;
}

function narrowed(a: ClockOffset, b: ClockOffset): ClockOffset {
  const bounds = [a.min, b.min].filter((each) => each !== null);
  const min = bounds.length === 0 ? null : Math.max(...bounds);
  const max = Math.min(a.max, b.max);
  if (min === null || min <= max) return { ...a, min, max };
  return Math.abs(estimateOf(a)) <= Math.abs(estimateOf(b)) ? a : b; // they contradict each other: the lesser claim
}
