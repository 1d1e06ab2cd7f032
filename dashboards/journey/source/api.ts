// The visitor's API as the page uses it, of a lab or of recordings. A failure becomes a LabUnreachable (no answer from the lab or its trace backend) or an
// ApiError (the visitor refused the request, and why), so that each view can show what to do.

import { texts } from '#texts/frame.tsx';
import type {
  Diagnosis,
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
import { RECORDINGS } from './recorded.ts';

export type { Diagnosis, Fault, LogLine, TraceRow, Traces, VisitAnswer, VisitOutcome };
export type ScenarioInfo = ScenarioSummary;
export type TraceLine = TraceRow;

/** No answer from the lab or from the trace backend. */
export class LabUnreachable extends Error {}

/** The visitor answered with an error. */
export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Fetches JSON. Throws LabUnreachable or ApiError. */
export async function fetchJson<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetchApi(path, init);
  return (await response.json()) as T;
}

/** Sends a JSON body. */
export function sendJson<T>(method: string, path: string, body?: object): Promise<T> {
  return fetchJson(path, withJson(method, body));
}

/** What `fetch` takes to send a JSON body. */
export function withJson(method: string, body?: object): RequestInit {
  return { method, headers: { 'content-type': 'application/json' }, ...(body && { body: JSON.stringify(body) }) };
}

/** Makes one visit, as a VisitRequest says. */
export async function sendVisit(request: object): Promise<VisitAnswer> {
  const answer = await sendJson<VisitAnswer>('POST', '/visits', request);
  const { traceId, body, headers } = answer;
  if (body) rememberPreview(traceId, { contentType: String(headers['content-type'] ?? ''), text: body.slice(0, 8192) });
  return answer;
}

export async function fetchTrace(traceId: string, signal?: AbortSignal): Promise<TracesData> {
  return fetchJson(`/traces/${encodeURIComponent(traceId)}.json`, signal ? { signal } : {});
}

/** Runs a scenario; `onVisit` gets each visit as it is done. Resolves with all of them. */
export async function runScenario(
  name: string,
  onVisit: (visit: VisitOutcome) => void,
  body: object = {},
): Promise<VisitOutcome[]> {
  const response = await fetchApi(`/scenarios/${encodeURIComponent(name)}`, withJson('POST', body));
  const visits: VisitOutcome[] = [];
  for await (const line of readJsonLines<RunLine>(response.body)) {
    if (line.type === 'error') throw new ApiError(500, line.error.message);
    if (line.type !== 'visit') continue;
    visits.push(line);
    rememberPreview(line.traceId, line.preview);
    onVisit(line);
  }
  return visits;
}

/** Previews of the responses to what this page has sent: a trace does not hold their bodies. */
const previews = new Map<string, Preview>();

function rememberPreview(traceId: string, preview: Preview | null): void {
  if (preview) previews.set(traceId, preview);
}

export function previewOf(traceId: string): Preview | undefined {
  return previews.get(traceId);
}

/** The one place where the page's data come from: the lab, or what was recorded. */
const source: (path: string, init?: RequestInit) => Promise<Response> =
  RECORDINGS === null ? fetch : async (path, init) => (await import('./recordings.ts')).answer(path, init);

/** Calls `onTrace` with each new trace that `query` finds, and `onGap` when some may have been missed; returns a function that ends it. */
export function watchTraces(query: string, onTrace: (line: TraceLine) => void, onGap: () => void): () => void {
  if (RECORDINGS !== null) {
    onGap();
    return () => {};
  }
  const events = new EventSource(`/live?${query}`);
  events.addEventListener('trace', ({ data }: MessageEvent<string>) => onTrace(JSON.parse(data) as TraceLine));
  // After an outage too; and to learn why a query is refused.
  for (const each of ['open', 'error']) events.addEventListener(each, onGap);
  return () => events.close();
}

/** Sends a request. Throws LabUnreachable or ApiError. */
export async function fetchApi(path: string, init?: RequestInit): Promise<Response> {
  const response = await source(path, init).catch((error: Error) => {
    if (error.name === 'AbortError') throw error;
    throw new LabUnreachable(texts.labDoesNotAnswer);
  });
  if (response.ok) return response;
  const body = (await response.json().catch(() => null)) as { error?: { message?: string } } | null;
  const message = body?.error?.message ?? texts.answeredWith(path, response.status);
  if (response.status === 502 || response.status === 503) throw new LabUnreachable(message);
  throw new ApiError(response.status, message);
}
