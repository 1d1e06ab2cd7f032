// Reads traces back through Jaeger's public query API, https://www.jaegertracing.io/docs/latest/apis/ (api/v3): the same
// from a real Jaeger and from the embedded store.

import { setTimeout as delay } from 'node:timers/promises';
import { rootsOf, spansOf, type TraceSpan, type TracesData } from './model.ts';

const POLL_MS = 50;
const QUIET_MS = 500;

/** The spans filed under `traceId`, in the order of their start; none if it is unknown. Throws when Jaeger is away. */
export async function fetchTrace(jaegerUrl: string, traceId: string): Promise<TraceSpan[]> {
  const response = await fetch(`${jaegerUrl}/api/v3/traces/${traceId}`);
  if (response.status === 404) return [];
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
  const { result } = (await response.json()) as { result?: TracesData };
  return spansOf(result ?? {});
}

/** What `waitForTrace` found: the spans by then, and whether the trace was complete. */
export type Found = { spans: TraceSpan[]; complete: boolean };

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
    const spans = await fetchTrace(jaegerUrl, traceId);
    if (done(spans)) return { spans, complete: true };
    if (performance.now() >= deadline) return { spans, complete: false };
    await delay(POLL_MS);
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
