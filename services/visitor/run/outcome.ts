// What became of one visit of a scenario: its trace is waited for, and held against what the contract says.

import type { ScenarioVisit } from '../../../scenarios/visits.ts';
import { waitForTrace } from '../../../traces/jaeger.ts';
import { judge } from '../../../traces/judge.ts';
import type { TraceSpan } from '../../../traces/model.ts';
import type { Preview, VisitOutcome } from '../api.ts';
import type { ReceivedResponse } from '../visit/read.ts';
import type { VisitResult } from '../visit/visit.ts';

/** How much of a response is shown, in characters. */
const PREVIEWED = 8192;

/** Where a trace can be looked at: its page here, and on Jaeger's own page (null without one). */
export type Links = { page: (traceId: string) => string; jaeger: (traceId: string) => Promise<string | null> };

type Reading = { jaegerUrl: string; links: Links; signal: AbortSignal };

/** The outcome of `visit`, which went as `result` says. Throws when traces cannot be read. */
export async function outcomeOf(
  visit: ScenarioVisit,
  { traceId, durationMs, response }: VisitResult,
  { jaegerUrl, links, signal }: Reading,
): Promise<VisitOutcome> {
  const { method, url, expected } = visit;
  const isComplete = (spans: readonly TraceSpan[]) => judge(expected, spans).missing.length === 0;
  const { spans, total, complete } = await waitForTrace(jaegerUrl, traceId, { isComplete, signal });
  const verdict = judge(expected, spans);
  const status = response?.status ?? null;
  return {
    traceId,
    method,
    url,
    status,
    durationMs,
    complete,
    ...verdict,
    services: [...new Set(spans.map(({ service }) => service))],
    spanCount: total,
    page: links.page(traceId),
    jaeger: await links.jaeger(traceId),
    ok: complete && status === visit.status && verdict.unexpected.length === 0,
    preview: previewOf(response),
  };
}

function previewOf(response: ReceivedResponse | null): Preview | null {
  if (response === null) return null;
  return { contentType: response.headers['content-type'] ?? '', text: response.body.slice(0, PREVIEWED) };
}
