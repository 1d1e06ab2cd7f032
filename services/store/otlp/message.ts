// The messages of OTLP's traces signal (traces/otlp/messages.ts) as check.ts, decode.ts and encode.ts walk through them: their
// fields, by number and by name.

import { ALWAYS, type FieldRow, type MessageName, MESSAGES as ROWS } from '../../../traces/otlp/messages.ts';
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
  has(fields: Record<string, readonly [number: number, type: Scalar | Message, list?: 'list']>): this {
    for (const [name, [number, type, list]] of Object.entries(fields)) {
      const isMessage = typeof type === 'object';
      const field: Field = {
        number,
        name,
        type,
        list: list !== undefined,
        tag: number * 8 + (isMessage ? LENGTH : WIRE_TYPES[type]),
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

/** Every message of OTLP's traces, by its name. */
export const MESSAGES = messages();

function messages(): Record<MessageName, Message> {
  const names = Object.keys(ROWS) as MessageName[];
  const isShown = (row: FieldRow | undefined) => row !== undefined && row[1] in ROWS && row[2] === undefined;
  const made = Object.fromEntries(
    names.map((name) => {
      const always = (ALWAYS[name] ?? []).filter((field) => isShown(ROWS[name][field]));
      return [name, new Message(name, { oneof: name === 'AnyValue', always })];
    }),
  ) as Record<MessageName, Message>;
  for (const name of names) {
    const rows = Object.entries(ROWS[name]).map(([field, [number, type, list]]) => {
      const isEnum = type === 'SPAN_KIND' || type === 'STATUS_CODE';
      const own: Scalar | Message = isEnum ? 'enum' : type in made ? made[type as MessageName] : (type as Scalar);
      return [field, [number, own, list]] as const;
    });
    made[name].has(Object.fromEntries(rows) as Parameters<Message['has']>[0]);
  }
  return made;
}
