// The messages of OTLP's traces signal as one table, which check.ts, decode.ts and encode.ts walk through.
// https://github.com/open-telemetry/opentelemetry-proto/tree/main/opentelemetry/proto (trace, resource, common v1)

import { nextHash } from './json.ts';
import { EIGHT_BYTES, FOUR_BYTES, LENGTH, VARINT } from './wire.ts';
/** How a field is written: on the wire (protobuf) and in JSON (as OTLP says: ids in hex, 64-bit integers as decimal strings). */
export type Scalar =
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
  | 'enum';

export type Field = {
  number: number;
  name: string;
  type: Scalar | Message;
  list: boolean;
  /** What stands in front of its value on the wire: number << 3 | type. */
  tag: number;
  /** Whether null stands for nothing in JSON, as in the collector: where a text, a message or a list belongs. */
  mayBeNull: boolean;
  /** Whether JSON shows it even when it is empty. */
  always: boolean;
};

/** How each type of value stands on the wire. */
const WIRE_TYPES: Record<Scalar, number> = {
  string: LENGTH,
  bytes: LENGTH,
  traceId: LENGTH,
  spanId: LENGTH,
  fixed64: EIGHT_BYTES,
  double: EIGHT_BYTES,
  fixed32: FOUR_BYTES,
  uint32: VARINT,
  int64: VARINT,
  bool: VARINT,
  enum: VARINT,
};

export class Message {
  readonly name: string;
  /** In a oneof, a zero is a value; elsewhere proto3 leaves zeros out. */
  readonly oneof: boolean;
  /** Nested messages that JSON shows even when they are empty, so that readers need not ask. */
  readonly always: string[];
  /** By number, on the wire. */
  readonly fields: (Field | undefined)[] = [];
  /** By the hash of the name in JSON: camelCase, and snake_case as receivers must accept. */
  readonly #names: Map<number, { name: Buffer; field: Field }> = new Map();

  constructor(name: string, { oneof = false, always = [] as string[] } = {}) {
    this.name = name;
    this.oneof = oneof;
    this.always = always;
  }

  /** Declares the fields: `name: [number, type]`, and a third element for a list. */
  has(fields: Record<string, [number: number, type: Scalar | Message, list?: 'list']>): this {
    for (const [name, [number, type, list]] of Object.entries(fields)) {
      const isMessage = typeof type === 'object';
      const field: Field = {
        number,
        name,
        type,
        list: list !== undefined,
        tag: number * 8 + (isMessage ? LENGTH : WIRE_TYPES[type]),
        mayBeNull: isMessage || type === 'string' || list !== undefined,
        always: this.always.includes(name),
      };
      this.fields[number] = field;
      for (const each of [name, name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]) {
        const bytes = Buffer.from(each);
        this.#names.set(bytes.reduce(nextHash, 0), { name: bytes, field });
      }
    }
    return this;
  }

  /** The field of the name that stands in `bytes` from `from` to `end`. */
  named(hash: number, bytes: Uint8Array, from: number, end: number): Field | undefined {
    const found = this.#names.get(hash);
    if (found === undefined || found.name.length !== end - from) return undefined;
    for (let at = from; at < end; at++) if (bytes[at] !== found.name[at - from]) return undefined;
    return found.field;
  }
}

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
