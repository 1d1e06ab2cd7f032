// The API without a lab: answers with what `npm run demo` has recorded (lab/demo/record.ts). Each file is JSON, packed by gzip: an
// object of answers by method and path. `index` has the lists, `lessons` each lesson, and a file for each scenario its run and traces.

import { texts } from '#texts/recorded.ts';
import type { RunLine, SetLine, SetRequest, TraceFilter, TraceRow } from '../../../services/visitor/api.ts';
import { rowMatches } from '../../../services/visitor/recent/row-matches.ts';
import { spansOf, type TracesData } from '../../../traces/model.ts';
import { sampleOf } from '../../../traces/statistics/sample.ts';
import { RECORDINGS, START } from './recorded.ts';

/** `starts`: the trace of a scenario by the state in which it was sent, where that was recorded. */
type Recording = { [request: string]: unknown; starts?: Record<string, string> };

const files = new Map<string, Promise<Recording>>();

/** A lab's answer to a request: 404 for what is not recorded, 501 for what needs a lab, 503 where a file cannot be loaded. */
export async function answer(path: string, { method = 'GET', body }: RequestInit = {}): Promise<Response> {
  const { pathname, searchParams } = new URL(path, location.origin);
  try {
    const { traces } = (await load('index'))['GET /traces'] as { traces: TraceRow[] };
    if (pathname === '/traces') return Response.json({ traces: matching(traces, searchParams), learner: null });
    if (pathname === '/sets') return await sendOnce(JSON.parse(String(body)) as SetRequest);
    const recorded = (await load(fileOf(pathname, traces)))[`${method} ${pathname}`];
    if (Array.isArray(recorded)) return inLines(recorded);
    if (recorded !== undefined) return Response.json(recorded);
    return pathname.startsWith('/traces/') ? refusal(404, texts.notRecorded) : refusal(501, texts.needsLab(START));
  } catch (error) {
    return refusal(503, texts.notLoaded((error as Error).message));
  }
}

/** The name of the file that has the answer for `pathname`: a trace is in that of its scenario. */
function fileOf(pathname: string, traces: readonly TraceRow[]): string {
  const [, part, name = ''] = pathname.split('/');
  if (part === 'lessons' && name !== '') return part;
  const row = traces.find(({ traceId, scenario }) => name === scenario || name.replace(/\.json$/, '') === traceId);
  return row?.scenario ?? 'index';
}

function load(name: string): Promise<Recording> {
  const loading = files.get(name) ?? read(`${RECORDINGS}${name}.json.gz`);
  files.set(name, loading);
  loading.catch(() => files.delete(name)); // the next request tries again
  return loading;
}

async function read(address: string): Promise<Recording> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  const bytes = await response.arrayBuffer();
  const [first] = new Uint8Array(bytes);
  const isPacked = first === 0x1f; // some servers unpack it
  const { body } = new Response(bytes);
  return new Response(isPacked ? body?.pipeThrough(new DecompressionStream('gzip')) : body).json();
}

function matching(traces: readonly TraceRow[], parameters: URLSearchParams): TraceRow[] {
  const { limit = 20, minDuration = 0, learner: _, ...filter } = Object.fromEntries<string | number>(parameters);
  const wanted: TraceFilter = { ...filter, minDuration: Number(minDuration) };
  return traces.filter((row) => rowMatches(row, wanted)).slice(0, Number(limit));
}

/** POST /sets: each side once, in its start state where all were recorded in theirs. */
async function sendOnce({ sides, times }: SetRequest): Promise<Response> {
  if (times !== 1) return refusal(501, texts.needsLab(START));
  const recordings = await Promise.all(sides.map(({ scenario }) => load(scenario)));
  const started = sides.map(({ start = '' }, side) => recordings[side]?.starts?.[start]);
  const lines: SetLine[] = sides.map(({ scenario, visit }, side) => {
    const recording = recordings[side] as Recording;
    const run = recording[`POST /scenarios/${scenario}`] as RunLine[];
    const visits = run.flatMap((line) => (line.type === 'visit' ? line.traceId : []));
    const traceId = started.includes(undefined) ? visits.at((visit ?? 0) - 1) : started[side];
    const spans = spansOf(recording[`GET /traces/${traceId}.json`] as TracesData);
    return { type: 'visit', side, index: 1, sample: sampleOf(spans, 1) ?? null, failure: null };
  });
  return inLines([{ type: 'begin', sets: sides.map(({ scenario }) => scenario) }, ...lines, { type: 'end' }]);
}

function inLines(lines: readonly object[]): Response {
  return new Response(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

function refusal(status: number, message: string): Response {
  return Response.json({ error: { message } }, { status });
}
