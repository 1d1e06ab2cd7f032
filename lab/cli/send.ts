// The visitor's client: what every command sends goes through its API (services/visitor/api.ts), as the page's letters do.

import type { Scenario } from '../../scenarios/scenario.ts';
import type { RunLine, VisitAnswer, VisitOutcome } from '../../services/visitor/api.ts';
import { SPAN_COUNT_HEADER, waitForTrace } from '../../traces/jaeger.ts';
import { readJsonLines } from '../../traces/json-lines.ts';
import { spansOf, type TraceSpan, type TracesData } from '../../traces/model.ts';
import type { LabConfig } from '../config.ts';
import { LabError } from './command.ts';

/** One visit as it went, its spans for those who draw them, and why no answer came, where nobody expected that. */
export type Outcome = VisitOutcome & { spans: TraceSpan[]; failure?: string };

type Visitor = Pick<LabConfig, 'visitorUrl'>;

/** How a scenario is sent: `warm` shows its last visit alone, made when everything is warm. */
export type Sending = { warm?: boolean; onVisit?: (outcome: Outcome) => void };

/** Sends a scenario; resolves with each visit, of which `onVisit` is told as it is done. Throws a LabError that says who did not answer. */
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
    onVisit(outcome);
    outcomes.push(outcome);
  }
  return outcomes;
}

/**
 * Sends one letter to `url`, over a new connection; resolves with it when its trace has settled. Nobody knows what its trace
 * must be, so it is as it should be when an answer came and the trace is whole. Throws a LabError as `sendScenario` does.
 */
export async function sendVisit(url: URL, config: Pick<LabConfig, 'visitorUrl' | 'jaegerUrl'>): Promise<Outcome> {
  const response = await askVisitor(config, '/visits', { method: 'POST', body: JSON.stringify({ url: url.href }) });
  const { traceId, durationMs, status, error } = (await response.json()) as VisitAnswer;
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

/** Where a trace is shown. */
export function pageOf(traceId: string, { visitorUrl }: Visitor): string {
  return `${visitorUrl}/traces/${traceId}`;
}

/** The lines that the visitor answers while it runs a scenario. */
export async function* runLines(name: string, visitor: Visitor, warm = false): AsyncGenerator<RunLine> {
  const path = `/scenarios/${encodeURIComponent(name)}`;
  const response = await askVisitor(visitor, path, { method: 'POST', body: JSON.stringify({ warm }) });
  try {
    yield* readJsonLines<RunLine>(response.body);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // fetch's own, for a connection that broke
    throw new LabError(`The visitor (${visitor.visitorUrl}) ended in the middle. Was the lab taken down?`);
  }
}

/** Reads a trace; no spans if it is unknown. Throws a LabError that says who did not answer. */
export async function readTrace(traceId: string, visitor: Visitor): Promise<{ spans: TraceSpan[]; spanCount: number }> {
  const response = await askVisitor(visitor, `/traces/${encodeURIComponent(traceId)}.json`, {}, [404]);
  if (response.status === 404) return { spans: [], spanCount: 0 };
  const spans = spansOf((await response.json()) as TracesData);
  return { spans, spanCount: Math.max(spans.length, Number(response.headers.get(SPAN_COUNT_HEADER))) };
}

/** Asks the visitor's API. Throws a LabError with its words when it refuses, or when nobody answers. */
export async function askVisitor(
  { visitorUrl }: Visitor,
  path: string,
  request: RequestInit = {},
  allowed: number[] = [],
): Promise<Response> {
  const response = await fetch(visitorUrl + path, request).catch(() => {
    throw new LabError(`Nobody answers at ${visitorUrl}. Is the lab up? Start it in another terminal: npm start`);
  });
  if (response.ok || allowed.includes(response.status)) return response;
  const said = (await response.json().catch(() => null)) as { error?: { message?: string } } | null;
  throw new LabError(
    said?.error?.message ?? `${visitorUrl + path} answered ${response.status}: is this the lab's visitor?`,
  );
}
