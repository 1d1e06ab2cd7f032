// The messages of OTLP's traces signal (traces/otlp/messages.ts) as check.ts, decode.ts, encode.ts and transcode.ts walk through
// them: their fields, by number and by name.

import { ALWAYS, MESSAGES as ROWS, type ScalarType } from '../../../traces/otlp/messages.ts';
import { EIGHT_BYTES, FOUR_BYTES, LENGTH, VARINT } from './wire.ts';

export type Field = {
  name: string;
  type: ScalarType | Message;
  list: boolean;
  /** What stands in front of its value on the wire: number << 3 | type. */
  tag: number;
  /** Whether readers get it even when it is empty. */
  always: boolean;
};

/** How each type of value stands on the wire. */
const WIRE_TYPES: Record<ScalarType, number> = {
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
  SPAN_KIND: VARINT,
  STATUS_CODE: VARINT,
};

export class Message {
  readonly name: string;
  /** In a oneof, a zero is a value; elsewhere proto3 leaves zeros out. */
  readonly isOneof: boolean;
  /** By number, on the wire. */
  readonly fields: (Field | undefined)[] = [];
  /** Those that readers get even when they are empty. */
  readonly always: Field[] = [];
  /** By the hash of the name in JSON (camelCase), with the name's bytes. */
  readonly hashes: Map<number, { name: Buffer; field: Field }> = new Map();

  constructor(name: string) {
    this.name = name;
    this.isOneof = name === 'AnyValue';
  }

  add(number: number, field: Field): void {
    this.fields[number] = field;
    if (field.always) this.always.push(field);
    const name = Buffer.from(field.name);
    this.hashes.set(name.reduce(nextHash, 0), { name, field });
  }
}

/** The hash of a name (0 before its first byte) with one byte more. */
export function nextHash(hash: number, byte: number): number {
  return (hash * 31 + byte) | 0;
}

type Rows<Name extends string> = Record<Name, Readonly<Record<string, readonly [number, type: string, list?: 'list']>>>;

/** The messages that `rows` describe: each field's number, type and, for a list, `list`. */
export function messagesOf<Name extends string>(rows: Rows<Name>): Record<Name, Message> {
  const names = Object.keys(rows) as Name[];
  const messages = Object.fromEntries(names.map((name) => [name, new Message(name)])) as Record<Name, Message>;
  for (const name of names) {
    for (const [field, [number, typeName, list]] of Object.entries(rows[name])) {
      const type = messages[typeName as Name] ?? (typeName as ScalarType);
      const isMessage = typeof type === 'object';
      const always = isMessage && !list && ALWAYS[name as keyof typeof ALWAYS]?.includes(field) === true;
      const tag = number * 8 + (isMessage ? LENGTH : WIRE_TYPES[type]);
      messages[name].add(number, { name: field, type, list: list !== undefined, tag, always });
    }
  }
  return messages;
}

/** Every message of OTLP's traces, by its name. */
export const MESSAGES = messagesOf(ROWS);
