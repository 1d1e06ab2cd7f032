// A trace in Jaeger's old JSON, which its own page still reads from /api/traces/{id}: spans with tags and logs, times in
// µs, and a table of processes (services). Made from OTLP as the collector's Jaeger translator makes it.

import {
  type AnyValue,
  type KeyValue,
  type Resource,
  type Scope,
  type Span,
  type SpanEvent,
  serviceOf,
} from '../otlp/traces.ts';
import { valueText } from '../otlp/value-text.ts';
import { KINDS } from '../storage/match.ts';
import type { StoredTrace } from '../storage/storage.ts';

type Tag = { key: string; type: string; value: unknown };

/** The trace as the one element of `data` in the answer. */
export function oldJson({ traceId, resourceSpans }: StoredTrace) {
  const processes: Record<string, { serviceName: string; tags: Tag[] }> = {};
  const spans = resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const processID = addProcess(processes, resource);
    return scopeSpans.flatMap(({ scope, spans: list }) => list.map((span) => oldSpan(span, scope, processID)));
  });
  return { traceID: shortId(traceId), spans, processes, warnings: null };
}

function addProcess(processes: Record<string, { serviceName: string; tags: Tag[] }>, resource: Resource): string {
  const others = (resource.attributes ?? []).filter(({ key }) => key !== 'service.name');
  const process = { serviceName: serviceOf(resource), tags: tags(others) };
  const text = JSON.stringify(process);
  const known = Object.entries(processes).find(([, each]) => JSON.stringify(each) === text);
  const id = known?.[0] ?? `p${Object.keys(processes).length + 1}`;
  processes[id] = process;
  return id;
}

function oldSpan(span: Span, scope: Scope, processID: string) {
  const { traceId, spanId, name = '', startTimeUnixNano = '0', endTimeUnixNano = '0' } = span;
  const start = BigInt(startTimeUnixNano);
  return {
    traceID: shortId(traceId),
    spanID: spanId,
    operationName: name,
    references: references(span),
    startTime: Number(start / 1000n),
    duration: Math.max(0, Number((BigInt(endTimeUnixNano) - start) / 1000n)),
    tags: [...scopeTags(scope), ...tags(span.attributes), ...spanTags(span)],
    logs: (span.events ?? []).map(log),
    processID,
    warnings: null,
  };
}

function references({ traceId, parentSpanId, links = [] }: Span) {
  const parent = parentSpanId ? [{ refType: 'CHILD_OF', traceID: shortId(traceId), spanID: parentSpanId }] : [];
  const linked = links.map(({ traceId: traceID = '', spanId: spanID = '', attributes }) => {
    const type = attributes?.find(({ key }) => key === 'opentracing.ref_type')?.value?.stringValue;
    return { refType: type === 'child_of' ? 'CHILD_OF' : 'FOLLOWS_FROM', traceID: shortId(traceID), spanID };
  });
  const isParent = (link: (typeof linked)[number]) => link.traceID === shortId(traceId) && link.spanID === parentSpanId;
  // A link to the parent says what kind of parent it is.
  return [...parent.map((own) => linked.findLast(isParent) ?? own), ...linked.filter((link) => !isParent(link))];
}

/** The old JSON leaves out the upper half of a trace id when it is 0. */
function shortId(traceId: string): string {
  return traceId.replace(/^0{16}(?=.{16})/, '');
}

function scopeTags({ name, version }: Scope): Tag[] {
  return [...textTag('otel.scope.name', name), ...textTag('otel.scope.version', version)];
}

function spanTags({ kind = 0, status: { code, message }, traceState }: Span): Tag[] {
  return [
    ...textTag('span.kind', KINDS[kind]),
    ...textTag('otel.status_code', code === 2 ? 'ERROR' : code === 1 ? 'OK' : undefined),
    ...(code === 2 ? [{ key: 'error', type: 'bool', value: true }] : []),
    ...textTag('otel.status_description', message),
    ...textTag('w3c.tracestate', traceState),
  ];
}

function textTag(key: string, value: string | undefined): Tag[] {
  return value ? [{ key, type: 'string', value }] : [];
}

function log({ timeUnixNano = '0', name, attributes = [] }: SpanEvent) {
  const named = attributes.some(({ key }) => key === 'event');
  return {
    timestamp: Number(BigInt(timeUnixNano) / 1000n),
    fields: [...(named ? [] : textTag('event', name)), ...tags(attributes)],
  };
}

function tags(attributes: KeyValue[] = []): Tag[] {
  return attributes.map(({ key = '', value }) => ({ key, ...typed(value) }));
}

function typed(value: AnyValue = {}): Omit<Tag, 'key'> {
  if (value.boolValue !== undefined) return { type: 'bool', value: value.boolValue };
  if (value.doubleValue !== undefined) return { type: 'float64', value: value.doubleValue };
  if (value.bytesValue !== undefined) return { type: 'binary', value: value.bytesValue };
  if (value.intValue === undefined) return { type: 'string', value: valueText(value) };
  // Beyond 2^53 a browser would read another number, so Jaeger writes those as text.
  const integer = Number(value.intValue);
  return { type: 'int64', value: Number.isSafeInteger(integer) ? integer : value.intValue };
}
