// Reads traces back through Jaeger's public query API, https://www.jaegertracing.io/docs/latest/apis/ (api/v3): the same
// from a real Jaeger and from the embedded store.

import { setTimeout as delay } from 'node:timers/promises';
import { spansOf, type TraceSpan, type TracesData } from './model.ts';
import { rootsOf } from './tree.ts';

const POLL_MS = 50;
const QUIET_MS = 500;

/** No answer beyond this is read: it would take seconds and a gigabyte to make spans of it. */
const MOST_BYTES = 200_000_000;

/** The header in which the embedded store says how many spans a trace has, when its answer does not hold them all. */
export const SPAN_COUNT_HEADER = 'waybill-span-count';

/** A trace as it was read: its spans in the order of their start, of `total` that there are. */
export type ReadTrace = { spans: TraceSpan[]; total: number };

/** Reads the trace `traceId`; no spans if it is unknown. Throws when Jaeger is away, or its answer too large. */
export async function readTrace(jaegerUrl: string, traceId: string): Promise<ReadTrace> {
  const response = await fetch(`${jaegerUrl}/api/v3/traces/${traceId}`);
  if (response.status === 404) return { spans: [], total: 0 };
  const text = await readText(response);
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text}`);
  const { result } = JSON.parse(text) as { result?: TracesData };
  const spans = spansOf(result ?? {});
  return { spans, total: Math.max(spans.length, Number(response.headers.get(SPAN_COUNT_HEADER))) };
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let [text, bytes] = ['', 0];
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error(`${response.url} answered more than ${MOST_BYTES / 1e6} MB`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** What `waitForTrace` found: the trace by then, and whether it was complete. */
export type Found = ReadTrace & { complete: boolean };

/**
 * Polls until the trace is complete: until `isComplete` says so, or, without it, until it has its root, no orphan, and
 * nothing new for 500 ms. Gives up after `timeoutMs`, with what was there.
 */
export async function waitForTrace(
  jaegerUrl: string,
  traceId: string,
  { isComplete, timeoutMs = 5000 }: { isComplete?: (spans: TraceSpan[]) => boolean; timeoutMs?: number } = {},
): Promise<Found> {
  const done = isComplete ?? settled();
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const asked = performance.now();
    const trace = await readTrace(jaegerUrl, traceId);
    if (done(trace.spans)) return { ...trace, complete: true };
    if (performance.now() >= deadline) return { ...trace, complete: false };
    await delay(Math.max(POLL_MS, performance.now() - asked)); // a trace that is long to read is read less often
  }
}

function settled(): (spans: TraceSpan[]) => boolean {
  let count = 0;
  let since = performance.now();
  return (spans) => {
    if (spans.length !== count) {
      count = spans.length;
      since = performance.now();
    }
    return rootsOf(spans).length === 1 && performance.now() - since >= QUIET_MS;
  };
}

/** The address of Jaeger's own page for this trace, null where there is no such page (the embedded store has none). */
export async function jaegerPage(jaegerUrl: string, path: string): Promise<string | null> {
  const response = await fetch(`${jaegerUrl}/search`, { headers: { accept: 'text/html' } });
  const isPage = response.ok && (await response.text()).includes('<title>Jaeger UI');
  return isPage ? `${jaegerUrl}${path}` : null;
}
