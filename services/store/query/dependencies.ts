// Which service calls which, and how often: counted from the traces of a window, as Jaeger's memory storage does.

import type { TraceReader } from '../storage/storage.ts';
import { spansWithService } from './summary.ts';

export type Dependency = { parent: string; child: string; callCount: number };

/** The calls in traces that lie wholly between `start` and `end` (ms since 1970). */
export async function dependencies(
  reader: TraceReader,
  { start, end }: { start: number; end: number },
): Promise<Dependency[]> {
  const [from, to] = [nanoseconds(start), nanoseconds(end)];
  const found = new Map<string, Dependency>();
  for await (const { resourceSpans } of reader.search({ from, to })) {
    const spans = [...spansWithService(resourceSpans)];
    const inside = spans.every(
      ({ span }) => BigInt(span.startTimeUnixNano ?? 0) > from && BigInt(span.endTimeUnixNano ?? 0) < to,
    );
    if (!inside) continue;
    const services = new Map(spans.map(({ span, service }) => [span.spanId, service]));
    for (const { span, service: child } of spans) {
      const parent = span.parentSpanId ? services.get(span.parentSpanId) : undefined;
      if (parent === undefined) continue;
      const key = JSON.stringify([parent, child]);
      const link = found.get(key) ?? { parent, child, callCount: 0 };
      link.callCount++;
      found.set(key, link);
    }
  }
  return [...found.values()];
}

function nanoseconds(milliseconds: number): bigint {
  return BigInt(Math.trunc(milliseconds)) * 1_000_000n;
}
