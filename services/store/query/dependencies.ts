// Which service calls which, and how often: counted from the traces of a window, as Jaeger's memory storage does.

import { spansIn } from '../storage/assemble.ts';
import type { TraceReader } from '../storage/storage.ts';

export type Dependency = { parent: string; child: string; callCount: number };

/** At most this many spans are counted: those of the newest traces. */
const MAX_SPANS = 100_000;

/** The calls in traces that lie wholly between `start` and `end` (ms since 1970), from at most `maxSpans` spans. */
export async function dependencies(
  reader: TraceReader,
  { start, end, signal, maxSpans = MAX_SPANS }: { start: number; end: number; signal: AbortSignal; maxSpans?: number },
): Promise<Dependency[]> {
  const [from, to] = [nanoseconds(start), nanoseconds(end)];
  const found = new Map<string, Dependency>();
  let spans = 0;
  for await (const trace of reader.search({ from, to, signal })) {
    spans += trace.spanCount;
    if (spans > maxSpans) break;
    const services = new Map<string, string>();
    const calls: { parent: string; child: string }[] = [];
    let isInside = true;
    for (const { service, span } of spansIn(trace)) {
      isInside &&= BigInt(span.startTimeUnixNano ?? 0) > from && BigInt(span.endTimeUnixNano ?? 0) < to;
      services.set(span.spanId, service);
      if (span.parentSpanId) calls.push({ parent: span.parentSpanId, child: service });
    }
    for (const call of isInside ? calls : []) {
      const parent = services.get(call.parent);
      if (parent === undefined) continue;
      const key = JSON.stringify([parent, call.child]);
      const link = found.get(key) ?? { parent, child: call.child, callCount: 0 };
      link.callCount++;
      found.set(key, link);
    }
  }
  return [...found.values()];
}

function nanoseconds(milliseconds: number): bigint {
  return BigInt(Math.trunc(milliseconds)) * 1_000_000n;
}
