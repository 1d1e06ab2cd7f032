// Where a letter's trace breaks: which hop lost the context, or whose spans did not arrive. Pure, from what came back.
//
//   visitor ─► dns                       each hop is asked by the one before it; dns and router stand beside the way
//      ├─────► router
//      └─────► proxy ─► gateway ─► app

import { type Traced, tracedServices } from '../../otel/contract/services.ts';
import type { TraceSpan } from '../../traces/model.ts';
import { broken, type Finding, fine } from './finding.ts';

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
  const missing = [...tracedServices.keys()].filter((hop) => !there.has(hop));
  const strayed = new Map(others.map((other) => [other.rootService, other.traceId]));
  const findings = missing.flatMap((hop) => findingFor(hop, missing, strayed));
  return findings.length > 0 ? findings : [fine('One letter was sent: every hop is in its trace.')];
}

function findingFor(
  hop: string,
  missing: readonly string[],
  strayed: ReadonlyMap<string, string>,
): Omit<Finding, 'about'>[] {
  const { calledBy: before, carrier } = tracedServices.get(hop) as Traced;
  const other = strayed.get(hop);
  if (other !== undefined && before !== null) {
    return [
      broken(
        `The context is lost between ${before} and ${hop}: ${hop} began a trace of its own (${other}).`,
        `It travels in ${carrier}. Whatever stands between ${before} and ${hop} must pass that on unchanged.`,
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

function behindStray(hop: string, strayed: ReadonlyMap<string, string>): boolean {
  const beforeOf = (name: string | null) => (name === null ? null : (tracedServices.get(name)?.calledBy ?? null));
  for (let before = beforeOf(hop); before !== null; before = beforeOf(before)) {
    if (strayed.has(before)) return true;
  }
  return false;
}

/** Spans of one service that begin before what asked for them: its clock differs. In ms; null when none does by more than `max`. */
export function clockSkew(spans: readonly TraceSpan[], max = 20): { service: string; by: number } | null {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  for (const span of spans) {
    const parent = byId.get(span.parentSpanId ?? '');
    if (parent === undefined || parent.service === span.service) continue;
    const by = span.start - parent.start;
    if (by < -max || by > parent.duration + Math.max(max, 1000)) return { service: span.service, by };
  }
  return null;
}
