// The messages of OTLP's traces signal as one table: each field's name in JSON, its number in protobuf, and its type.
// https://github.com/open-telemetry/opentelemetry-proto/tree/main/opentelemetry/proto (trace, resource, common v1)

/** `traceId` and `spanId` are bytes in protobuf and hexadecimal in JSON; enums are named by the prefix of their names. */
export type ScalarType =
  | 'string'
  | 'bytes'
  | 'traceId'
  | 'spanId'
  | 'fixed64'
  | 'fixed32'
  | 'uint32'
  | 'int64'
  | 'bool'
  | 'double'
  | 'SPAN_KIND'
  | 'STATUS_CODE';

export type FieldRow = readonly [number: number, type: ScalarType | MessageName, list?: 'list'];
export type MessageName = keyof typeof ROWS;

/** The names of each enum, by their number. */
export const ENUMS = {
  SPAN_KIND: ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'],
  STATUS_CODE: ['UNSET', 'OK', 'ERROR'],
} as const;

const ROWS = {
  TracesData: { resourceSpans: [1, 'ResourceSpans', 'list'] },
  ResourceSpans: {
    resource: [1, 'Resource'],
    scopeSpans: [2, 'ScopeSpans', 'list'],
    schemaUrl: [3, 'string'],
  },
  Resource: {
    attributes: [1, 'KeyValue', 'list'],
    droppedAttributesCount: [2, 'uint32'],
    entityRefs: [3, 'EntityRef', 'list'],
  },
  EntityRef: {
    schemaUrl: [1, 'string'],
    type: [2, 'string'],
    idKeys: [3, 'string', 'list'],
    descriptionKeys: [4, 'string', 'list'],
  },
  ScopeSpans: {
    scope: [1, 'InstrumentationScope'],
    spans: [2, 'Span', 'list'],
    schemaUrl: [3, 'string'],
  },
  InstrumentationScope: {
    name: [1, 'string'],
    version: [2, 'string'],
    attributes: [3, 'KeyValue', 'list'],
    droppedAttributesCount: [4, 'uint32'],
  },
  Span: {
    traceId: [1, 'traceId'],
    spanId: [2, 'spanId'],
    traceState: [3, 'string'],
    parentSpanId: [4, 'spanId'],
    name: [5, 'string'],
    kind: [6, 'SPAN_KIND'],
    startTimeUnixNano: [7, 'fixed64'],
    endTimeUnixNano: [8, 'fixed64'],
    attributes: [9, 'KeyValue', 'list'],
    droppedAttributesCount: [10, 'uint32'],
    events: [11, 'Event', 'list'],
    droppedEventsCount: [12, 'uint32'],
    links: [13, 'Link', 'list'],
    droppedLinksCount: [14, 'uint32'],
    status: [15, 'Status'],
    flags: [16, 'fixed32'],
  },
  Event: {
    timeUnixNano: [1, 'fixed64'],
    name: [2, 'string'],
    attributes: [3, 'KeyValue', 'list'],
    droppedAttributesCount: [4, 'uint32'],
  },
  Link: {
    traceId: [1, 'traceId'],
    spanId: [2, 'spanId'],
    traceState: [3, 'string'],
    attributes: [4, 'KeyValue', 'list'],
    droppedAttributesCount: [5, 'uint32'],
    flags: [6, 'fixed32'],
  },
  Status: { message: [2, 'string'], code: [3, 'STATUS_CODE'] },
  KeyValue: { key: [1, 'string'], value: [2, 'AnyValue'] },
  /** A oneof: of its members there is at most one. */
  AnyValue: {
    stringValue: [1, 'string'],
    boolValue: [2, 'bool'],
    intValue: [3, 'int64'],
    doubleValue: [4, 'double'],
    arrayValue: [5, 'ArrayValue'],
    kvlistValue: [6, 'KeyValueList'],
    bytesValue: [7, 'bytes'],
  },
  ArrayValue: { values: [1, 'AnyValue', 'list'] },
  KeyValueList: { values: [1, 'KeyValue', 'list'] },
} as const;

/** Members that are always there when a message is read, empty if need be. */
export const ALWAYS: Partial<Record<MessageName, readonly string[]>> = {
  TracesData: ['resourceSpans'],
  ResourceSpans: ['resource', 'scopeSpans'],
  ScopeSpans: ['scope', 'spans'],
  Span: ['traceId', 'spanId', 'status'],
  KeyValue: ['value'],
};

/** Every message, by its name. */
export const MESSAGES: Record<MessageName, Record<string, FieldRow>> = ROWS;
