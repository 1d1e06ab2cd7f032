// OTLP's traces as read-json.ts reads them and the store keeps them: JSON's form, with what readers need always there.

export type AnyValue = {
  stringValue?: string;
  boolValue?: boolean;
  /** Decimal. */
  intValue?: string;
  /** NaN and the infinities are strings in JSON. */
  doubleValue?: number;
  arrayValue?: { values?: AnyValue[] };
  kvlistValue?: { values?: KeyValue[] };
  /** Base64. */
  bytesValue?: string;
};

export type KeyValue = { key?: string; value?: AnyValue };

export type SpanEvent = {
  timeUnixNano?: string;
  name?: string;
  attributes?: KeyValue[];
  droppedAttributesCount?: number;
};

export type SpanLink = {
  traceId?: string;
  spanId?: string;
  traceState?: string;
  attributes?: KeyValue[];
  droppedAttributesCount?: number;
  flags?: number;
};

export type Span = {
  traceId: string;
  spanId: string;
  traceState?: string;
  parentSpanId?: string;
  flags?: number;
  name?: string;
  kind?: number;
  /** Decimal nanoseconds since 1970; absent: 0. */
  startTimeUnixNano?: string;
  endTimeUnixNano?: string;
  attributes?: KeyValue[];
  droppedAttributesCount?: number;
  events?: SpanEvent[];
  droppedEventsCount?: number;
  links?: SpanLink[];
  droppedLinksCount?: number;
  status: { code?: number; message?: string };
};

export type Scope = { name?: string; version?: string; attributes?: KeyValue[]; droppedAttributesCount?: number };
export type Resource = { attributes?: KeyValue[]; droppedAttributesCount?: number };
export type ScopeSpans = { scope: Scope; spans: Span[]; schemaUrl?: string };
export type ResourceSpans = { resource: Resource; scopeSpans: ScopeSpans[]; schemaUrl?: string };

export type TracesData = { resourceSpans: ResourceSpans[] };

/** What Jaeger calls a service that does not give its name. */
export const NAMELESS_SERVICE = 'missing-service-name';

/** The name of the service that a resource describes. */
export function serviceOf(resource: Resource): string {
  const found = resource.attributes?.find(({ key }) => key === 'service.name')?.value?.stringValue;
  return found || NAMELESS_SERVICE;
}
