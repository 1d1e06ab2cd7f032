// Reads traces back through Jaeger's public query API, https://www.jaegertracing.io/docs/latest/apis/ (api/v3): from
// a real Jaeger or from the embedded store.

import { setTimeout as delay } from 'node:timers/promises';
import { spansOf, type TraceSpan, type TracesData } from './model.ts';
import { createSettled } from './settled.ts';

const POLL_MS = 10;
/** How long a response may take to begin, and to end, in ms. */
const MAX_WAIT_MS = 15_000;

/** Larger responses are not read: it would take seconds and a gigabyte to make spans of them. */
const MAX_BYTES = 200_000_000;

/** The embedded store's header with the number of spans of a trace, when its response does not have them all. */
export const SPAN_COUNT_HEADER = 'waybill-span-count';

/** A trace as it was read: its spans in the order of their start, of `total`. */
export type ReadTrace = { spans: TraceSpan[]; total: number };

/** Traces cannot be read: the trace backend is unreachable, or its response is not usable. */
export class TraceBackendUnavailable extends Error {
  /** The response's status, if there was a response. */
  readonly status: number | undefined;

  constructor(message: string, { status, ...options }: ErrorOptions & { status?: number } = {}) {
    super(message, options);
    this.status = status;
  }
}

/** A response is larger than its reader takes. */
export class TraceTooLarge extends TraceBackendUnavailable {}

/** Reads the trace `traceId`; no spans if it is unknown. Throws as `readTraceData` does. */
export async function readTrace(
  jaegerUrl: string,
  traceId: string,
  signal?: AbortSignal,
  maxBytes?: number,
): Promise<ReadTrace> {
  const { data, total } = await readTraceData(jaegerUrl, traceId, signal, maxBytes);
  const spans = spansOf(data ?? {});
  return { spans, total: Math.max(spans.length, total) };
}

/**
 * Reads the stored trace `traceId`, null if it is unknown; `total` is the number of its spans when these are not all, else 0.
 * Throws TraceBackendUnavailable (TraceTooLarge: of more than `maxBytes`), or the reason of `signal` when it aborts.
 */
export async function readTraceData(
  jaegerUrl: string,
  traceId: string,
  signal?: AbortSignal,
  maxBytes = MAX_BYTES,
): Promise<{ data: TracesData | null; total: number }> {
  const response = await ask(`${jaegerUrl}/api/v3/traces/${traceId}`, signal);
  if (response.status === 404) return { data: null, total: 0 };
  const { result = {} } = (await readJson(response, maxBytes)) as { result?: TracesData };
  return { data: result, total: Number(response.headers.get(SPAN_COUNT_HEADER)) };
}

/** A summary of a trace, as Jaeger's search returns it; 0 and empty values are absent. */
export type TraceSummary = {
  traceId: string;
  rootServiceName?: string;
  rootOperationName?: string;
  minStartTimeUnixNano?: string;
  maxEndTimeUnixNano?: string;
  spanCount?: number;
  errorSpanCount?: number;
  services?: { name?: string }[];
};

/** What to search for: `query.` parameters of Jaeger's /api/v3, without that prefix. */
export type TraceQuery = { startTimeMin: Date; startTimeMax: Date; searchDepth: number } & Record<string, unknown>;

/** The summaries of the traces that `query` finds. Throws as `readTrace` does. */
export async function searchTraces(
  jaegerUrl: string,
  query: TraceQuery,
  signal?: AbortSignal,
): Promise<TraceSummary[]> {
  const text = (value: unknown) => (value instanceof Date ? value.toISOString() : String(value));
  const parameters = Object.entries(query).map(([name, value]) => [`query.${name}`, text(value)] as [string, string]);
  const response = await ask(`${jaegerUrl}/api/v3/trace-summaries?${new URLSearchParams(parameters)}`, signal);
  if (response.status === 404) return []; // Jaeger's status when nothing was found
  return ((await readJson(response)) as { summaries?: TraceSummary[] }).summaries ?? [];
}

async function ask(url: string, signal?: AbortSignal, headers: Record<string, string> = {}): Promise<Response> {
  const timeout = AbortSignal.timeout(MAX_WAIT_MS);
  const get = () => fetch(url, { headers, signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
  try {
    // A kept connection that Jaeger closes just then fails the request, which is sent again over a new one (RFC 9112, 9.3.1).
    return await get().catch((error: { cause?: unknown }) =>
      isConnectionClosed(error.cause) ? get() : Promise.reject(error),
    );
  } catch (error) {
    signal?.throwIfAborted();
    const why = timeout.aborted ? `did not respond within ${MAX_WAIT_MS / 1000} s` : 'does not respond';
    throw new TraceBackendUnavailable(`The trace backend ${new URL(url).origin} ${why}`, {
      cause: error,
    });
  }
}

function isConnectionClosed(cause: unknown): boolean {
  return ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(String((cause as { code?: unknown } | undefined)?.code));
}

async function readJson(response: Response, maxBytes?: number): Promise<unknown> {
  const text = await readText(response, maxBytes);
  if (!response.ok) {
    const { status } = response;
    throw new TraceBackendUnavailable(`${response.url} answered ${status}: ${text.slice(0, 500)}`, { status });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TraceBackendUnavailable(`${response.url} returned a response that is not JSON`, { cause: error });
  }
}

async function readText(response: Response, maxBytes = MAX_BYTES): Promise<string> {
  const decoder = new TextDecoder();
  let [text, bytes] = ['', 0];
  try {
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw new TraceTooLarge(`${response.url} answered more than ${maxBytes / 1e6} MB`);
      text += decoder.decode(chunk, { stream: true });
    }
  } catch (error) {
    const isTimeout = error instanceof DOMException && error.name === 'TimeoutError';
    if (!(error instanceof TypeError || isTimeout)) throw error; // TypeError: fetch's own, for a connection that broke
    const why = isTimeout ? `was not complete within ${MAX_WAIT_MS / 1000} s` : 'ended early';
    throw new TraceBackendUnavailable(`The response of ${response.url} ${why}`, { cause: error });
  }
  return text + decoder.decode();
}

/** Until when to wait; `signal` ends it with its reason. */
type Patience = { isComplete?: (spans: TraceSpan[]) => boolean; timeoutMs?: number; signal?: AbortSignal };

/** The trace at the end of `waitForTrace`, and whether it was complete. */
export type WaitedTrace = ReadTrace & { complete: boolean };

/**
 * Polls until the trace is complete: until `isComplete` returns true, or, without it, until it has its root, no orphan, and
 * nothing new for 500 ms. After `timeoutMs` it returns the incomplete trace.
 */
export async function waitForTrace(
  jaegerUrl: string,
  traceId: string,
  { isComplete, timeoutMs = 5000, signal }: Patience = {},
): Promise<WaitedTrace> {
  const done = isComplete ?? createSettled();
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const began = performance.now();
    const trace = await readTrace(jaegerUrl, traceId, signal).catch((error: unknown) => {
      // Jaeger's memory may fail while the trace is written to it.
      const isPassing =
        error instanceof TraceBackendUnavailable && (error.status ?? 0) >= 500 && performance.now() < deadline;
      if (!isPassing) throw error;
      return { spans: [], total: 0 };
    });
    if (done(trace.spans)) return { ...trace, complete: true };
    if (performance.now() >= deadline) return { ...trace, complete: false };
    await delay(Math.max(POLL_MS, performance.now() - began)); // a trace that is long to read is read less often
  }
}

/** Whether Jaeger has a page of its own; the embedded store has none. */
export async function jaegerHasPage(jaegerUrl: string): Promise<boolean> {
  const response = await ask(`${jaegerUrl}/search`, undefined, { accept: 'text/html' });
  return response.ok && (await readText(response)).includes('<title>Jaeger UI');
}
