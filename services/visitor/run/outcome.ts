// The outcome of one visit of a scenario: its trace is waited for, and compared with what the contract expects.

import type { ScenarioVisit } from '../../../scenarios/visits.ts';
import type { Expected } from '../../../traces/expected.ts';
import { type WaitedTrace, waitForTrace } from '../../../traces/jaeger.ts';
import { judge } from '../../../traces/judge.ts';
import type { TraceSpan } from '../../../traces/model.ts';
import type { VisitOutcome } from '../api.ts';
import type { VisitResult } from '../visit/visit.ts';

/** How many characters of a response are shown. */
const PREVIEW_LENGTH = 8192;

/** The addresses of a trace: its page here, and on Jaeger's own page (null without one). */
export type Links = { page: (traceId: string) => string; jaeger: (traceId: string) => Promise<string | null> };

/** The outcome of `visit`, which had this result. Throws a TraceBackendUnavailable when traces cannot be read. */
export async function visitOutcome(
  { method, url, expected, status: expectedStatus }: ScenarioVisit,
  { traceId, durationMs, response }: VisitResult,
  { jaegerUrl, links, signal }: { jaegerUrl: string; links: Links; signal: AbortSignal },
): Promise<VisitOutcome> {
  const { spans, total, complete } = await visitTrace(traceId, expected, jaegerUrl, signal);
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
    ok: complete && status === expectedStatus && verdict.unexpected.length === 0,
    preview: response && {
      contentType: response.headers['content-type'] ?? '',
      text: response.body.slice(0, PREVIEW_LENGTH),
    },
  };
}

/** The trace `traceId`, waited for until every span of `expected` has arrived. Throws as `visitOutcome` does. */
export function visitTrace(
  traceId: string,
  expected: Expected,
  jaegerUrl: string,
  signal: AbortSignal,
): Promise<WaitedTrace> {
  const isComplete = (arrived: TraceSpan[]) => judge(expected, arrived).missing.length === 0;
  return waitForTrace(jaegerUrl, traceId, { isComplete, signal });
}
