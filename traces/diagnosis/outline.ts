// What other traces tell of one: those that began meanwhile may be its lost parts, those of the same route show what it should have.

import type { TraceSpan } from '../model.ts';
import { type SpanNode, treeOf } from '../tree.ts';
import { instanceOf, isAnswered, isCall, nextRouter } from './calls.ts';
import { type ClockOffset, offsetsIn } from './clock.ts';

/** A trace, as far as the diagnosis of another one needs it. */
export type Outline = {
  traceId: string;
  /** Milliseconds since 1970. */
  start: number;
  /** The spans at its top, and the calls that no span answers; at most `MAX_SPANS` of each. */
  tops: TraceSpan[];
  unanswered: TraceSpan[];
  /** Which services answered which calls. */
  answered: AnsweredCall[];
  offsets: ClockOffset[];
  /** How long the longest text is that each service records. */
  longest: ReadonlyMap<string, number>;
};
export type AnsweredCall = { call: string; caller: string; service: string };

/** `near`: traces that began while this one was under way; `alike`: traces of the same route, in any order. */
export type Neighbours = { near: readonly Outline[]; alike: readonly Outline[] };

export const NO_NEIGHBOURS: Neighbours = { near: [], alike: [] };

const MAX_SPANS = 20;

/** The outline of a trace of at least one span, given in the order of start. */
export function outlineOf(spans: readonly TraceSpan[]): Outline {
  const { roots, nodes, start } = treeOf(spans);
  return {
    traceId: spans[0]?.traceId ?? '',
    start,
    tops: roots.slice(0, MAX_SPANS).map(({ span }) => span),
    unanswered: unansweredIn(nodes).slice(0, MAX_SPANS),
    answered: answeredIn(nodes),
    offsets: offsetsIn(nodes),
    longest: longestIn(nodes),
  };
}

/** The calls in a trace that no span answers. */
export function unansweredIn(nodes: readonly SpanNode[]): TraceSpan[] {
  const routers = new Set(nodes.filter(({ span }) => span.service === 'router').map(({ span }) => instanceOf(span)));
  const isLost = (node: SpanNode) => {
    const next = nextRouter(node.span); // routers stand side by side, below the visitor's connection
    return next === undefined ? !isAnswered(node) && isCall(node.span) : !routers.has(next);
  };
  return nodes.filter(isLost).map(({ span }) => span);
}

/** A call by what it has in common with the same call in another trace. */
export function callKey({ service, kind, name, attributes }: TraceSpan): string {
  return JSON.stringify([service, kind, name, attributes['server.address'], attributes['server.port']]);
}

function longestIn(nodes: readonly SpanNode[]): Map<string, number> {
  const longest = new Map<string, number>();
  for (const { span } of nodes) {
    const lengths = Object.values(span.attributes).map((value) => (typeof value === 'string' ? value.length : 0));
    longest.set(span.service, Math.max(longest.get(span.service) ?? 0, ...lengths));
  }
  return longest;
}

function answeredIn(nodes: readonly SpanNode[]): AnsweredCall[] {
  const answered = new Map<string, AnsweredCall>();
  for (const { span, parent } of nodes) {
    if (parent === null || parent.span.service === span.service) continue;
    const call = callKey(parent.span);
    answered.set(`${call} ${span.service}`, { call, caller: parent.span.service, service: span.service });
  }
  return [...answered.values()].slice(0, MAX_SPANS);
}
