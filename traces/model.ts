// A trace as its readers see it: OTLP in JSON (what Jaeger's /api/v3/traces/{id} answers), decoded to plain spans.
// Times become ms since 1970 with microseconds; ids stay lower-case hex. https://opentelemetry.io/docs/specs/otlp/

import type { SpanKind } from '@opentelemetry/api';

/** An attribute value, decoded; int64 beyond what a number holds stays exact in a string. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };
export type Values = Record<string, Value>;

export type TraceSpan = {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  service: string;
  scope: string;
  name: string;
  kind: SpanKind;
  /** Milliseconds since 1970. */
  start: number;
  /** Milliseconds. */
  duration: number;
  attributes: Values;
  resource: Values;
  events: { name: string; time: number; attributes: Values }[];
  links: { traceId: string; spanId: string }[];
  /** The status message of a failed span ('' without one), null when it did not fail. */
  error: string | null;
};

type AnyValue = {
  stringValue?: string;
  boolValue?: boolean;
  intValue?: string | number;
  doubleValue?: number;
  bytesValue?: string;
  arrayValue?: { values?: AnyValue[] };
  kvlistValue?: { values?: KeyValue[] };
};
/** An attribute as OTLP's JSON has it. */
export type KeyValue = { key: string; value?: AnyValue };
type OtlpSpan = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind?: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes?: KeyValue[];
  events?: { name: string; timeUnixNano: string; attributes?: KeyValue[] }[];
  links?: { traceId: string; spanId: string }[];
  status?: { code?: number; message?: string };
};

/** OTLP's TracesData in JSON. */
export type TracesData = {
  resourceSpans?: {
    resource?: { attributes?: KeyValue[] };
    scopeSpans?: { scope?: { name?: string }; spans?: OtlpSpan[] }[];
  }[];
};

/** The spans of `data`, in the order of their start. */
export function spansOf(data: TracesData): TraceSpan[] {
  const spans = (data.resourceSpans ?? []).flatMap(({ resource, scopeSpans }) => {
    const attributes = decodeValues(resource?.attributes);
    return (scopeSpans ?? []).flatMap(({ scope, spans: list }) =>
      (list ?? []).map((span) => decodeSpan(span, attributes, scope?.name ?? '')),
    );
  });
  return spans.sort((a, b) => a.start - b.start);
}

/** The spans that stand at the top of a trace: without a parent, or with one that is not in it. One, in a whole trace. */
export function rootsOf(spans: readonly TraceSpan[]): TraceSpan[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  return spans.filter(({ parentSpanId }) => parentSpanId === null || !ids.has(parentSpanId));
}

/** The direct children of `parent`, in the order of their start. */
export function childrenOf(parent: TraceSpan, spans: readonly TraceSpan[]): TraceSpan[] {
  return spans.filter(({ parentSpanId }) => parentSpanId === parent.spanId);
}

function decodeSpan(span: OtlpSpan, resource: Values, scope: string): TraceSpan {
  const start = milliseconds(span.startTimeUnixNano);
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId || null,
    service: String(resource['service.name'] ?? ''),
    scope,
    name: span.name,
    kind: ((span.kind ?? 1) - 1) as SpanKind, // OTLP counts from 1 (0 is unspecified), the API from 0
    start,
    duration: Math.max(0, milliseconds(span.endTimeUnixNano) - start),
    // Jaeger adds remarks of its own as attributes of the span
    attributes: decodeValues(span.attributes?.filter(({ key }) => !key.startsWith('@jaeger@'))),
    resource,
    events: (span.events ?? []).map(({ name, timeUnixNano, attributes }) => ({
      name,
      time: milliseconds(timeUnixNano),
      attributes: decodeValues(attributes),
    })),
    links: (span.links ?? []).map(({ traceId, spanId }) => ({ traceId, spanId })),
    error: span.status?.code === 2 ? (span.status.message ?? '') : null,
  };
}

function milliseconds(nanoseconds: string): number {
  return Number(BigInt(nanoseconds) / 1000n) / 1000;
}

/** Attributes, decoded. */
export function decodeValues(list: KeyValue[] = []): Values {
  return Object.fromEntries(list.map(({ key, value }) => [key, decodeValue(value)]));
}

function decodeValue(value: AnyValue = {}): Value {
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.doubleValue !== undefined) return value.doubleValue;
  if (value.bytesValue !== undefined) return value.bytesValue;
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(decodeValue);
  if (value.kvlistValue !== undefined) return decodeValues(value.kvlistValue.values);
  if (value.intValue === undefined) return null;
  const integer = Number(value.intValue);
  return Number.isSafeInteger(integer) ? integer : String(value.intValue);
}
