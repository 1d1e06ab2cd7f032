// A trace in a few numbers: what the list of found traces on Jaeger's page shows.

import { type PlacedSpan, spansIn } from '../storage/assemble.ts';
import type { StoredTrace } from '../storage/storage.ts';

type Counts = { name: string; spanCount: number; errorSpanCount: number };

/** The summary of a trace as `/api/v3/trace-summaries` answers it; zeros are left out. */
export function summarise(trace: StoredTrace) {
  const services = new Map<string, Counts>();
  const [ids, parents] = [new Set<string>(), [] as string[]];
  let root: (PlacedSpan & { start: bigint }) | undefined;
  let [first, last] = [2n ** 64n, 0n];
  for (const placed of spansIn(trace)) {
    const { service, span } = placed;
    const counts = services.get(service) ?? { name: service, spanCount: 0, errorSpanCount: 0 };
    counts.spanCount++;
    if (span.status.code === ERROR) counts.errorSpanCount++;
    services.set(service, counts);
    ids.add(span.spanId);
    const start = BigInt(span.startTimeUnixNano ?? 0);
    const end = BigInt(span.endTimeUnixNano ?? 0);
    if (start < first) first = start;
    if (end > last) last = end;
    if (span.parentSpanId) parents.push(span.parentSpanId);
    else if (root === undefined || start < root.start) root = { ...placed, start };
  }
  const counts = [...services.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return withoutZeros({
    traceId: trace.traceId,
    rootServiceName: root?.service ?? '',
    rootOperationName: root?.span.name ?? '',
    minStartTimeUnixNano: String(first),
    maxEndTimeUnixNano: String(last),
    spanCount: trace.spanCount,
    errorSpanCount: counts.reduce((sum, { errorSpanCount }) => sum + errorSpanCount, 0),
    orphanSpanCount: parents.filter((parent) => !ids.has(parent)).length,
    services: counts.map(withoutZeros),
  });
}

const ERROR = 2;

function withoutZeros<T extends object>(fields: T): Partial<T> {
  const kept = Object.entries(fields).filter(([, value]) => value !== 0 && value !== '' && value !== '0');
  return Object.fromEntries(kept) as Partial<T>;
}
