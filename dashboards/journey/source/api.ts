// The visitor's API as the page uses it. What goes wrong becomes an Away (nobody answers, or the store does not) or a Refused
// (the visitor said no, and why), so that each view can say what to do.

import type {
  Fault,
  LogLine,
  Preview,
  RunLine,
  ScenarioSummary,
  TraceRow,
  Traces,
  VisitAnswer,
  VisitOutcome,
} from '../../../services/visitor/api.ts';
import { readJsonLines } from '../../../traces/json-lines.ts';
import type { TracesData } from '../../../traces/model.ts';

export type { Fault, LogLine, TraceRow, Traces, VisitAnswer, VisitOutcome };
export type ScenarioInfo = ScenarioSummary;
export type TraceLine = TraceRow;

/** Nobody answered: the lab, or the place where traces are filed. */
export class Away extends Error {}

/** The visitor answered that it will not. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Asks for JSON. Throws Away or Refused. */
export async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await answer(path, init);
  return (await response.json()) as T;
}

/** Sends a JSON body. */
export function send<T>(method: string, path: string, body?: object): Promise<T> {
  return ask(path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
}

export async function fetchTrace(traceId: string, signal?: AbortSignal): Promise<TracesData> {
  return ask(`/traces/${encodeURIComponent(traceId)}.json`, signal ? { signal } : {});
}

/** Runs a scenario; `onVisit` is told of each visit as it is done. Resolves with all of them. */
export async function runScenario(
  name: string,
  onVisit: (visit: VisitOutcome) => void,
  body: object = {},
): Promise<VisitOutcome[]> {
  const response = await answer(`/scenarios/${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const visits: VisitOutcome[] = [];
  for await (const said of readJsonLines<RunLine>(response.body)) {
    if (said.type === 'error') throw new Refused(500, said.error.message);
    if (said.type !== 'visit') continue;
    visits.push(said);
    rememberPreview(said.traceId, said.preview);
    onVisit(said);
  }
  return visits;
}

/** Previews of answers that this page has asked for: a trace does not hold what came back. */
const previews = new Map<string, Preview>();

export function rememberPreview(traceId: string, preview: Preview | null): void {
  if (preview) previews.set(traceId, preview);
}

/** Keeps what came back from a single visit. */
export function rememberAnswer({ traceId, body, headers }: VisitAnswer): void {
  if (body) rememberPreview(traceId, { contentType: String(headers['content-type'] ?? ''), text: body.slice(0, 8192) });
}

export function previewOf(traceId: string): Preview | undefined {
  return previews.get(traceId);
}

/** Sends a request. Throws Away or Refused. */
export async function answer(path: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(path, init).catch((error: Error) => {
    if (error.name === 'AbortError') throw error;
    throw new Away('The lab does not answer. Is it up? Start it in a terminal: npm start');
  });
  if (response.ok) return response;
  const said = (await response.json().catch(() => null)) as { error?: { message?: string } } | null;
  const message = said?.error?.message ?? `${path} answered ${response.status}.`;
  if (response.status === 502 || response.status === 503) throw new Away(message);
  throw new Refused(response.status, message);
}
