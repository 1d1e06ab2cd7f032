// The visitor's client: every command sends its requests through the visitor's API (services/visitor/api.ts), as the page does.

import type { Scenario } from '../../scenarios/scenario.ts';
import type {
  Diagnosis,
  JudgedTrace,
  RunLine,
  VisitAnswer,
  VisitOutcome,
  VisitRequest,
} from '../../services/visitor/api.ts';
import { diagnose } from '../../traces/diagnosis/diagnose.ts';
import type { Finding } from '../../traces/diagnosis/finding.ts';
import { SPAN_COUNT_HEADER, waitForTrace } from '../../traces/jaeger.ts';
import { readJsonLines } from '../../traces/json-lines.ts';
import { spansOf, type TraceSpan, type TracesData } from '../../traces/model.ts';
import type { LabConfig } from '../config.ts';
import { LabError } from './command.ts';

/** The result of one visit, its spans, and why no response came, where one was expected. */
export type Outcome = VisitOutcome & { spans: TraceSpan[]; failure?: string };

/** The trace of a visit's background worker, and its spans. */
export type Task = JudgedTrace & { spans: TraceSpan[] };

type Visitor = Pick<LabConfig, 'visitorUrl'>;

/** How a scenario is sent: `warm` gives its last visit alone, made when everything is warm; `onVisit` gets each as it is done. */
export type Sending = { warm?: boolean; onVisit?: (outcome: Outcome) => void | Promise<void> };

/** Sends a scenario; resolves with all visits. Throws a LabError when the visitor does not answer. */
export async function sendScenario(
  { name }: Pick<Scenario, 'name'>,
  visitor: Visitor,
  { warm = false, onVisit = () => {} }: Sending = {},
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for await (const line of runLines(name, visitor, warm)) {
    if (line.type === 'error') throw new LabError(line.error.message);
    if (line.type !== 'visit') continue;
    const { type, ...visit } = line;
    const outcome = { ...visit, ...(await readTrace(visit.traceId, visitor)) };
    await onVisit(outcome);
    outcomes.push(outcome);
  }
  return outcomes;
}

/**
 * Sends one request to `url` over a new connection; resolves when its trace is complete. It is ok when a response came and the
 * trace is complete: no contract says which spans it must have. Throws a LabError as `sendScenario` does.
 */
export async function sendVisit(url: URL, config: Pick<LabConfig, 'visitorUrl' | 'jaegerUrl'>): Promise<Outcome> {
  const { traceId, durationMs, status, error } = await postVisit({ url: url.href }, config);
  const { spans, total, complete } = await waitForTrace(config.jaegerUrl, traceId);
  return {
    ...{ traceId, method: 'GET', url: url.href, status, durationMs, complete, spans, spanCount: total },
    ...{ missing: [], unexpected: [], extra: [], ...(error && { failure: error.message }) },
    services: [...new Set(spans.map(({ service }) => service))],
    page: pageOf(traceId, config),
    jaeger: null,
    ok: complete && status !== null,
    preview: null,
  };
}

/** Sends one request; resolves with its response, before its trace is complete. Throws a LabError as `sendScenario` does. */
export async function postVisit(request: VisitRequest, visitor: Visitor): Promise<VisitAnswer> {
  const response = await askVisitor(visitor, '/visits', { method: 'POST', body: JSON.stringify(request) });
  return (await response.json()) as VisitAnswer;
}

/** What is wrong with the stored trace `traceId`, and what links to it. Throws a LabError when it is unknown, or without a visitor. */
export async function readDiagnosis(traceId: string, visitor: Visitor): Promise<Diagnosis> {
  const response = await askVisitor(visitor, `/traces/${traceId}/diagnosis`);
  return (await response.json()) as Diagnosis;
}

/** What is wrong with the trace of a visit; a complete one is not compared with others. */
export async function readFindings({ traceId, spans, complete }: Outcome, visitor: Visitor): Promise<Finding[]> {
  if (complete || spans.length === 0) return diagnose(spans);
  return (await readDiagnosis(traceId, visitor)).findings;
}

/** The page of a trace. */
export function pageOf(traceId: string, { visitorUrl }: Visitor): string {
  return `${visitorUrl}/traces/${traceId}`;
}

/** The lines of the visitor's response while it runs a scenario. */
export async function* runLines(name: string, visitor: Visitor, warm = false): AsyncGenerator<RunLine> {
  const path = `/scenarios/${encodeURIComponent(name)}`;
  const response = await askVisitor(visitor, path, { method: 'POST', body: JSON.stringify({ warm }) });
  try {
    yield* readJsonLines<RunLine>(response.body);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // fetch's own, for a connection that broke
    throw new LabError(
      `The visitor (${visitor.visitorUrl}) closed the connection before the end. Was the lab stopped?`,
    );
  }
}

/** Reads a trace; no spans if it is unknown. Throws a LabError when the visitor does not answer. */
export async function readTrace(traceId: string, visitor: Visitor): Promise<{ spans: TraceSpan[]; spanCount: number }> {
  const response = await askVisitor(visitor, `/traces/${encodeURIComponent(traceId)}.json`, {}, [404]);
  if (response.status === 404) return { spans: [], spanCount: 0 };
  const spans = spansOf((await response.json()) as TracesData);
  return { spans, spanCount: Math.max(spans.length, Number(response.headers.get(SPAN_COUNT_HEADER))) };
}

/** Sends a request to the visitor's API. Throws a LabError with its message when it refuses, or when it does not answer. */
export async function askVisitor(
  { visitorUrl }: Visitor,
  path: string,
  request: RequestInit = {},
  allowed: number[] = [],
): Promise<Response> {
  const response = await fetch(visitorUrl + path, request).catch(() => {
    throw new LabError(`The lab does not answer at ${visitorUrl}. Start it in another terminal: npm start`);
  });
  if (response.ok || allowed.includes(response.status)) return response;
  const body = (await response.json().catch(() => null)) as { error?: { message?: string } } | null;
  throw new LabError(
    body?.error?.message ?? `${visitorUrl + path} answered ${response.status}: is this the lab's visitor?`,
  );
}
