// Sends what the visits of a file of checks say, one after another, and holds the trace of each against its clauses.

import { setTimeout as delay } from 'node:timers/promises';
import { isDatabaseCall } from '../../traces/conventions.ts';
import { isSilentApp } from '../../traces/foreign.ts';
import { statementOf } from '../../traces/hints.ts';
import { waitForTrace } from '../../traces/jaeger.ts';
import type { SentVisit } from '../../traces/lessons/checks-file.ts';
import { describeClause, lacking, matching } from '../../traces/lessons/verdict.ts';
import type { TraceSpan } from '../../traces/model.ts';
import { titleOf } from '../../traces/titles.ts';
import { treeOf } from '../../traces/tree.ts';
import { pageOf, postVisit } from '../cli/send.ts';
import type { LabConfig } from '../config.ts';

/** A clause that the trace does not meet; `found`: the spans that it has of those meant, the same ones counted. */
export type CheckFailure = { line: number; clause: string; expected: string; count: number; found: string[] };

export type CheckResult = {
  label: string;
  line: number;
  request: string;
  status: number | null;
  durationMs: number;
  traceId: string;
  page: string;
  /** Why no response came; null when one did. */
  error: string | null;
  failures: CheckFailure[];
};

type Config = Pick<LabConfig, 'visitorUrl' | 'jaegerUrl'>;

/** How long the spans of an app are waited for, in ms: OpenTelemetry's SDKs send them every 5 s by default. */
const APP_SPANS_MS = 6000;
const POLL_MS = 250;

/** Runs the visits in their order; `onResult` gets each as it is done. Throws a LabError when the lab does not answer. */
export async function runChecks(
  visits: readonly SentVisit[],
  config: Config,
  onResult: (result: CheckResult) => void = () => {},
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  let isSilent = false;
  for (const visit of visits) {
    const { method, url, form } = visit.send;
    const response = await postVisit({ url, method, ...(form && { form }) }, config);
    const { traceId, durationMs, status } = response;
    const error = response.error?.message ?? null;
    const spans = await readSpans(traceId, config, isSilent ? 0 : APP_SPANS_MS);
    isSilent ||= hasSilentApp(spans);
    const result: CheckResult = {
      ...{ label: visit.label, line: visit.line, request: `${method} ${url}`, status, durationMs, traceId },
      page: pageOf(traceId, config),
      error,
      failures: failuresOf(visit, spans, { status, error }),
    };
    results.push(result);
    onResult(result);
  }
  return results;
}

/** Whether every request had a response, and its trace is as the clauses say. */
export function isPassed(results: readonly CheckResult[]): boolean {
  return results.every(({ failures }) => failures.length === 0);
}

/** The spans of a trace that is complete; of an app that has sent none yet, after up to `patience` ms. */
async function readSpans(traceId: string, { jaegerUrl }: Config, patience: number): Promise<TraceSpan[]> {
  const deadline = performance.now() + patience;
  for (;;) {
    const { spans } = await waitForTrace(jaegerUrl, traceId);
    if (!hasSilentApp(spans) || performance.now() > deadline) return spans;
    await delay(POLL_MS);
  }
}

function hasSilentApp(spans: readonly TraceSpan[]): boolean {
  return treeOf(spans).nodes.some(isSilentApp);
}

/** The clauses of a visit that `spans` do not meet; one more where no response came. */
export function failuresOf(
  visit: SentVisit,
  spans: readonly TraceSpan[],
  { status, error }: Pick<CheckResult, 'status' | 'error'>,
): CheckFailure[] {
  const { line, send, label } = visit;
  const unanswered = { line, clause: `visit ${label}: ${send.method} ${send.url}`, count: 0, found: [] };
  const missing = status === null ? [{ ...unanswered, expected: `a response, got ${error ?? 'none'}` }] : [];
  const unmet = lacking(visit, { spans }).map((clause) => {
    const found = matching(clause.span, spans);
    const { line, text } = clause;
    return { line, clause: text, expected: describeClause(clause), count: found.length, found: counted(found) };
  });
  return [...missing, ...unmet];
}

/** The spans in words, equal ones once with their number, the most frequent first: `6 × SELECT … WHERE id = ?`. */
function counted(spans: readonly TraceSpan[]): string[] {
  const words = spans.map((span) => (isDatabaseCall(span.attributes) ? statementOf(span) : titleOf(span)));
  const groups = [...Map.groupBy(words, (each) => each)].sort(([, a], [, b]) => b.length - a.length);
  return groups.map(([each, { length }]) => `${length} × ${each}`);
}
