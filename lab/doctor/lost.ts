// Where a letter's trace breaks: which hop lost the context, or whose spans did not arrive. Pure, from what came back.
//
//   visitor ─► dns                       each hop is asked by the one before it; dns and router stand beside the way
//      ├─────► router
//      └─────► proxy ─► gateway ─► app

import type { TraceSpan } from '../../traces/model.ts';
import { broken, type Finding, fine } from './finding.ts';

const ASKED_BY = {
  visitor: null,
  dns: 'visitor',
  router: 'visitor',
  proxy: 'visitor',
  gateway: 'proxy',
  app: 'gateway',
} as const;
type Hop = keyof typeof ASKED_BY;
const HOPS = Object.keys(ASKED_BY) as Hop[];

/** By what the context travels to a hop. */
const CARRIER: Record<Hop, string> = {
  visitor: '',
  dns: 'the EDNS0 option 65500 of its question',
  router: 'the field E0 of the PROXY header',
  proxy: 'the header traceparent',
  gateway: 'the header traceparent',
  app: 'the header traceparent',
};

/** Another trace that began while the letter was on its way. */
export type OtherTrace = { traceId: string; rootService: string };

/** Judges the spans of a letter that was answered. `others`: traces that began in the meantime. */
export function whereLost(spans: readonly TraceSpan[], others: readonly OtherTrace[]): Omit<Finding, 'about'>[] {
  if (spans.length === 0 && others.length === 0) {
    return [
      broken(
        'The letter was answered, but no span of it arrived, from no service.',
        'Is the way in for spans open (above)? Is tracing switched off by an OTEL_* variable (above)? The logs of each service say what its exporter met.',
      ),
    ];
  }
  const there = new Set(spans.map(({ service }) => service));
  const missing = HOPS.filter((hop) => !there.has(hop));
  const strayed = new Map(others.map((other) => [other.rootService, other.traceId]));
  const findings = missing.flatMap((hop) => findingFor(hop, missing, strayed));
  return findings.length > 0 ? findings : [fine('One letter was sent: every hop is in its trace.')];
}

function findingFor(hop: Hop, missing: readonly Hop[], strayed: ReadonlyMap<string, string>): Omit<Finding, 'about'>[] {
  const before = ASKED_BY[hop];
  const other = strayed.get(hop);
  if (other !== undefined && before !== null) {
    return [
      broken(
        `The context is lost between ${before} and ${hop}: ${hop} began a trace of its own (${other}).`,
        `It travels in ${CARRIER[hop]}. Whatever stands between ${before} and ${hop} must pass that on unchanged.`,
      ),
    ];
  }
  // Behind a hop that began a trace of its own, the others are in that trace.
  if (before !== null && missing.includes(before) && behindStray(hop, strayed)) return [];
  return [
    broken(
      `The spans of ${hop} do not arrive: it did its work, and the others' spans are there.`,
      `Look into the log of ${hop}, and at the OTEL_* variables that it was started with.`,
    ),
  ];
}

function behindStray(hop: Hop, strayed: ReadonlyMap<string, string>): boolean {
  for (let before = ASKED_BY[hop] as Hop | null; before !== null; before = ASKED_BY[before]) {
    if (strayed.has(before)) return true;
  }
  return false;
}

/** Spans of one service that begin before what asked for them: its clock differs. In ms; null when none does by more than `most`. */
export function clockSkew(spans: readonly TraceSpan[], most = 20): { service: string; by: number } | null {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  for (const span of spans) {
    const parent = byId.get(span.parentSpanId ?? '');
    if (parent === undefined || parent.service === span.service) continue;
    const by = span.start - parent.start;
    if (by < -most || by > parent.duration + Math.max(most, 1000)) return { service: span.service, by };
  }
  return null;
}
