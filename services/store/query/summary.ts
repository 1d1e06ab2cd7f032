// A trace in a few numbers: what the list of found traces on Jaeger's page shows.

import { type ResourceSpans, type Span, serviceOf } from '../otlp/traces.ts';
import type { StoredTrace } from '../storage/storage.ts';

type Counts = { name: string; spanCount: number; errorSpanCount: number };

/** The summary of a trace as `/api/v3/trace-summaries` answers it; zeros are left out. */
export function summarise({ traceId, resourceSpans }: StoredTrace) {
  const spans = [...spansWithService(resourceSpans)];
  const ids = new Set(spans.map(({ span }) => span.spanId));
  const services = new Map<string, Counts>();
  for (const { service, span } of spans) {
    const counts = services.get(service) ?? { name: service, spanCount: 0, errorSpanCount: 0 };
    counts.spanCount++;
    if (isError(span)) counts.errorSpanCount++;
    services.set(service, counts);
  }
  const roots = spans.filter(({ span }) => !span.parentSpanId);
  const root = roots.toSorted((a, b) => compare(start(a.span), start(b.span)))[0];
  const orphans = spans.filter(({ span }) => span.parentSpanId && !ids.has(span.parentSpanId));
  return withoutZeros({
    traceId,
    rootServiceName: root?.service ?? '',
    rootOperationName: root?.span.name ?? '',
    minStartTimeUnixNano: String(least(spans.map(({ span }) => start(span)))),
    maxEndTimeUnixNano: String(-least(spans.map(({ span }) => -BigInt(span.endTimeUnixNano ?? 0)))),
    spanCount: spans.length,
    errorSpanCount: spans.filter(({ span }) => isError(span)).length,
    orphanSpanCount: orphans.length,
    services: [...services.values()].sort((a, b) => compare(a.name, b.name)).map(withoutZeros),
  });
}

/** Every span of a trace with its resource's service. */
export function* spansWithService(resourceSpans: ResourceSpans[]): Iterable<{ service: string; span: Span }> {
  for (const { resource, scopeSpans } of resourceSpans) {
    const service = serviceOf(resource);
    for (const { spans } of scopeSpans) for (const span of spans) yield { service, span };
  }
}

function isError({ status }: Span): boolean {
  return status.code === 2;
}

function start(span: Span): bigint {
  return BigInt(span.startTimeUnixNano ?? 0);
}

function least(values: bigint[]): bigint {
  return values.toSorted(compare)[0] ?? 0n;
}

function compare<T>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function withoutZeros<T extends object>(fields: T): Partial<T> {
  const kept = Object.entries(fields).filter(([, value]) => value !== 0 && value !== '' && value !== '0');
  return Object.fromEntries(kept) as Partial<T>;
}
