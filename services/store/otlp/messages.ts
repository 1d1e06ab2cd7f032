// The messages of OTLP's traces signal as one table.
// https://github.com/open-telemetry/opentelemetry-proto/tree/main/opentelemetry/proto (trace, resource, common v1)

import { Message } from './message.ts';

const ANY_VALUE = new Message('AnyValue', { oneof: true });
export const KEY_VALUE = new Message('KeyValue', { always: ['value'] }).has({
  key: [1, 'string'],
  value: [2, ANY_VALUE],
});
ANY_VALUE.has({
  stringValue: [1, 'string'],
  boolValue: [2, 'bool'],
  intValue: [3, 'int64'],
  doubleValue: [4, 'double'],
  arrayValue: [5, new Message('ArrayValue').has({ values: [1, ANY_VALUE, 'list'] })],
  kvlistValue: [6, new Message('KeyValueList').has({ values: [1, KEY_VALUE, 'list'] })],
  bytesValue: [7, 'bytes'],
});

const ENTITY_REF = new Message('EntityRef').has({
  schemaUrl: [1, 'string'],
  type: [2, 'string'],
  idKeys: [3, 'string', 'list'],
  descriptionKeys: [4, 'string', 'list'],
});

const RESOURCE = new Message('Resource').has({
  attributes: [1, KEY_VALUE, 'list'],
  droppedAttributesCount: [2, 'uint32'],
  entityRefs: [3, ENTITY_REF, 'list'],
});

const SCOPE = new Message('InstrumentationScope').has({
  name: [1, 'string'],
  version: [2, 'string'],
  attributes: [3, KEY_VALUE, 'list'],
  droppedAttributesCount: [4, 'uint32'],
});

const EVENT = new Message('Event').has({
  timeUnixNano: [1, 'fixed64'],
  name: [2, 'string'],
  attributes: [3, KEY_VALUE, 'list'],
  droppedAttributesCount: [4, 'uint32'],
});

const LINK = new Message('Link').has({
  traceId: [1, 'traceId'],
  spanId: [2, 'spanId'],
  traceState: [3, 'string'],
  attributes: [4, KEY_VALUE, 'list'],
  droppedAttributesCount: [5, 'uint32'],
  flags: [6, 'fixed32'],
});

const STATUS = new Message('Status').has({ message: [2, 'string'], code: [3, 'enum'] });

export const SPAN = new Message('Span', { always: ['status'] }).has({
  traceId: [1, 'traceId'],
  spanId: [2, 'spanId'],
  traceState: [3, 'string'],
  parentSpanId: [4, 'spanId'],
  name: [5, 'string'],
  kind: [6, 'enum'],
  startTimeUnixNano: [7, 'fixed64'],
  endTimeUnixNano: [8, 'fixed64'],
  attributes: [9, KEY_VALUE, 'list'],
  droppedAttributesCount: [10, 'uint32'],
  events: [11, EVENT, 'list'],
  droppedEventsCount: [12, 'uint32'],
  links: [13, LINK, 'list'],
  droppedLinksCount: [14, 'uint32'],
  status: [15, STATUS],
  flags: [16, 'fixed32'],
});

export const SCOPE_SPANS = new Message('ScopeSpans', { always: ['scope'] }).has({
  scope: [1, SCOPE],
  spans: [2, SPAN, 'list'],
  schemaUrl: [3, 'string'],
});

export const RESOURCE_SPANS = new Message('ResourceSpans', { always: ['resource'] }).has({
  resource: [1, RESOURCE],
  scopeSpans: [2, SCOPE_SPANS, 'list'],
  schemaUrl: [3, 'string'],
});

/** The body of an export, and of a stored trace. */
export const TRACES = new Message('TracesData').has({ resourceSpans: [1, RESOURCE_SPANS, 'list'] });
