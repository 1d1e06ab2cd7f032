// Spans back to OTLP's JSON, one resource a span's resource, for files that other tools (and this page) open.

import type { KeyValue, TraceSpan, TracesData, Value, Values } from '../../../../traces/model.ts';

/** OTLP's TracesData for `spans`. */
export function otlpOf(spans: readonly TraceSpan[]): TracesData {
  const resources = Map.groupBy(spans, ({ resource, service, scope }) => JSON.stringify([service, scope, resource]));
  return {
    resourceSpans: [...resources.values()].map((list) => ({
      resource: { attributes: keyValues({ ...list[0]?.resource, 'service.name': list[0]?.service ?? '' }) },
      scopeSpans: [{ scope: { name: list[0]?.scope ?? '' }, spans: list.map(encode) }],
    })),
  };
}

function encode(span: TraceSpan) {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId !== null && { parentSpanId: span.parentSpanId }),
    name: span.name,
    kind: span.kind + 1,
    startTimeUnixNano: nanoseconds(span.start),
    endTimeUnixNano: nanoseconds(span.start + span.duration),
    attributes: keyValues(span.attributes),
    events: span.events.map(({ name, time, attributes }) => ({
      name,
      timeUnixNano: nanoseconds(time),
      attributes: keyValues(attributes),
    })),
    links: span.links.map((link) => ({ ...link, attributes: keyValues(link.attributes) })),
    ...(span.error !== null && { status: { code: 2, message: span.error } }),
  };
}

function nanoseconds(ms: number): string {
  return String(BigInt(Math.round(ms * 1000)) * 1000n);
}

function keyValues(values: Values): KeyValue[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: encodeValue(value) }));
}

function encodeValue(value: Value): NonNullable<KeyValue['value']> {
  if (value === null) return {};
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(encodeValue) } };
  return { kvlistValue: { values: keyValues(value) } };
}
