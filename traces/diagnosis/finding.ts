// What is wrong with a trace, as doctor, page and `fire` show it.

import { shownName, type TraceSpan } from '../model.ts';
import { short } from '../titles.ts';
import type { SpanNode, Tree } from '../tree.ts';
import type { Neighbours } from './outline.ts';

export type Finding = {
  /** The name of what is wrong, the same in every trace: `orphans`, `clock-skew`. */
  kind: string;
  /** Where: a service, or two with an arrow between them. */
  hop: string;
  /** What is wrong, in one to three sentences. */
  message: string;
  /** Since when, in ms since 1970. */
  since: number;
  /** The spans that show it, the first `MAX_EVIDENCE` of `spanCount`. */
  evidence: Evidence[];
  spanCount: number;
  repair: string;
  rule: Rule;
  /** Another trace that belongs to this one: its top span `answer` stands below the span `call`. */
  other?: { traceId: string; call: string; answer: string };
  /** By how many ms the clock of a process is ahead, by the estimate. */
  clock?: Shift;
};

export type Shift = { processName: string; by: number };
export type Evidence = { traceId: string; spanId: string; label: string };
/** What a specification says of it, word for word, and where. */
export type Rule = { text: string; url: string };

/** A trace with what its diagnosis is made from. */
export type Subject = {
  tree: Tree;
  /** The calls in it that no span answers. */
  unanswered: readonly TraceSpan[];
  neighbours: Neighbours;
  /** What has been found so far: a later check leaves out what an earlier one explains. */
  found: readonly Finding[];
};

/** One thing that may be wrong. */
export type Check = (subject: Subject) => Finding[];

const MAX_EVIDENCE = 10;
const MAX_NAME = 80;

type Draft = Omit<Finding, 'evidence' | 'spanCount' | 'since'> & { spans: readonly TraceSpan[]; since?: number };

/** A finding that `spans` show (at least one); it counts from the first of them on, unless `since` is given. */
export function finding({ spans, since, ...rest }: Draft): Finding {
  return {
    ...rest,
    since: since ?? spans.reduce((first, { start }) => Math.min(first, start), Number.POSITIVE_INFINITY),
    evidence: spans
      .slice(0, MAX_EVIDENCE)
      .map((span) => ({ traceId: span.traceId, spanId: span.spanId, label: labelOf(span) })),
    spanCount: spans.length,
  };
}

/** A span in a sentence: `proxy GET`. */
export function labelOf({ service, name }: TraceSpan): string {
  return `${shownName(service)} ${shownName(short(name, MAX_NAME))}`;
}

/** `3 spans (app view x, app queue …)`: how many, and the first few different ones. */
export function countSpans(spans: readonly TraceSpan[]): string {
  const labels = [...new Set(spans.map(labelOf))];
  const some = labels.slice(0, 3).join(', ') + (labels.length > 3 ? ' …' : '');
  return spans.length === 1 ? `The span ${some}` : `${spans.length} spans (${some})`;
}

/** Where the findings of that kind are. */
export function hopsOf(findings: readonly Finding[], kind: string): Set<string> {
  return new Set(findings.filter((each) => each.kind === kind).map(({ hop }) => hop));
}

/** `nodes` by the service of their spans. */
export function byService(nodes: readonly SpanNode[]): Map<string, TraceSpan[]> {
  return Map.groupBy(
    nodes.map(({ span }) => span),
    ({ service }) => service,
  );
}

/** A duration in a sentence. */
export function ms(value: number): string {
  return Math.abs(value) >= 10_000
    ? `${(value / 1000).toFixed(1)} s`
    : `${Number(value.toFixed(Math.abs(value) < 10 ? 1 : 0))} ms`;
}
