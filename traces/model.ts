// A trace as its readers see it: OTLP in JSON (what Jaeger's /api/v3/traces/{id} answers), decoded to plain spans.
// Times become ms since 1970 with microseconds; ids become lower-case hex. What is absent is 0 or '', as proto3 says.
// https://opentelemetry.io/docs/specs/otlp/

import type { SpanKind } from '@opentelemetry/api';

/** An attribute value, decoded; int64 beyond what a number holds stays exact in a string. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };
export type Values = Record<string, Value>;

export type TraceSpan = {
  traceId: string;
  spanId: string;
  /** Null for none, also when it was sent as zeros. */
  parentSpanId: string | null;
  service: string;
  /** The instrumentation scope's name. */
  scope: string;
  name: string;
  kind: SpanKind;
  /** Milliseconds since 1970; 0 for none. */
  start: number;
  /** Milliseconds. */
  duration: number;
  attributes: Values;
  resource: Values;
  events: TraceEvent[];
  links: TraceLink[];
  status: 'unset' | 'ok' | 'error';
  /** The status message of a failed span ('' without one), null when it did not fail. */
  error: string | null;
  /** `FLAGS`. Absent for 0: not known. */
  flags?: number;
  /** How many attributes, events and links the limits of its SDK left out. Absent for none. */
  dropped?: Dropped;
};

/** OTLP's SpanFlags; `hasIsRemote`: whether it is known that the parent is remote. */
export const FLAGS = { sampled: 0x01, hasIsRemote: 0x100, isRemote: 0x200 } as const;

export type Dropped = { attributes: number; events: number; links: number };

export type TraceEvent = { name: string; time: number; attributes: Values };
export type TraceLink = { traceId: string; spanId: string; attributes: Values };

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
export type KeyValue = { key?: string; value?: AnyValue };
type OtlpSpan = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  flags?: number;
  name?: string;
  kind?: number;
  startTimeUnixNano?: string;
  endTimeUnixNano?: string;
  attributes?: KeyValue[];
  droppedAttributesCount?: number;
  events?: { name?: string; timeUnixNano?: string; attributes?: KeyValue[]; droppedAttributesCount?: number }[];
  droppedEventsCount?: number;
  links?: { traceId?: string; spanId?: string; attributes?: KeyValue[]; droppedAttributesCount?: number }[];
  droppedLinksCount?: number;
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

/** A name as a reader sees it: there is always something to see. */
export function shownName(name: string): string {
  return name === '' ? '(no name)' : name;
}

/** A trace id as 32 lower-case digits, from whatever Jaeger takes for one in hex: capitals, leading zeros left out. */
export function parseTraceId(text: string): string | undefined {
  return /^[0-9a-f]{1,32}$/i.test(text) ? idOf(text).padStart(32, '0') : undefined;
}

function decodeSpan(span: OtlpSpan, resource: Values, scope: string): TraceSpan {
  const start = milliseconds(span.startTimeUnixNano);
  const parentSpanId = idOf(span.parentSpanId);
  const status = STATUS[span.status?.code ?? 0] ?? 'unset';
  const dropped = droppedFrom(span);
  return {
    traceId: idOf(span.traceId),
    spanId: idOf(span.spanId),
    parentSpanId: /^0*$/.test(parentSpanId) ? null : parentSpanId,
    service: String(resource['service.name'] ?? ''),
    scope,
    name: span.name ?? '',
    kind: Math.max(0, (span.kind ?? 1) - 1) as SpanKind, // OTLP counts from 1 (0 is unspecified), the API from 0
    start,
    duration: Math.max(0, milliseconds(span.endTimeUnixNano) - start),
    // Jaeger adds remarks of its own as attributes of the span
    attributes: decodeValues(span.attributes?.filter(({ key }) => !key?.startsWith('@jaeger@'))),
    resource,
    events: (span.events ?? []).map(({ name = '', timeUnixNano, attributes }) => ({
      name,
      time: milliseconds(timeUnixNano),
      attributes: decodeValues(attributes),
    })),
    links: (span.links ?? []).map(({ traceId, spanId, attributes }) => ({
      traceId: idOf(traceId),
      spanId: idOf(spanId),
      attributes: decodeValues(attributes),
    })),
    status,
    error: status === 'error' ? (span.status?.message ?? '') : null,
    ...(span.flags && { flags: span.flags }),
    ...(dropped && { dropped }),
  };
}

function droppedFrom(span: OtlpSpan): Dropped | undefined {
  const inner = [...(span.events ?? []), ...(span.links ?? [])];
  const attributes = inner.reduce(
    (sum, each) => sum + (each.droppedAttributesCount ?? 0),
    span.droppedAttributesCount ?? 0,
  );
  const { droppedEventsCount: events = 0, droppedLinksCount: links = 0 } = span;
  return attributes + events + links > 0 ? { attributes, events, links } : undefined;
}

const STATUS = ['unset', 'ok', 'error'] as const;

function idOf(id = ''): string {
  return id.toLowerCase();
}

function milliseconds(nanoseconds = '0'): number {
  return Number(BigInt(nanoseconds) / 1000n) / 1000;
}

/** Attributes, decoded. */
export function decodeValues(list: KeyValue[] = []): Values {
  return Object.fromEntries(list.map(({ key = '', value }) => [key, decodeValue(value)]));
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
