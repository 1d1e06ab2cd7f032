// The types of record that the phonebook knows: each as fields in a zone file, as bytes on the wire, and as a line to
// read. Names in them are absolute. A type that it does not know is bytes, written as RFC 3597 says.

import { DnsFormatError, endOfName, readName } from '../../otel/propagation/dns-name.ts';
import { typeCode } from '../../otel/propagation/dns-numbers.ts';
import type { Writer } from '../../runtime/dns/writer.ts';
import { addressBytes, addressText } from '../../runtime/net/address.ts';

export type Mx = { preference: number; exchange: string };
export type Soa = {
  mname: string;
  rname: string;
  serial: number;
  refresh: number;
  retry: number;
  expire: number;
  minimum: number;
};
export type Data = string | Mx | Soa | Buffer | Buffer[];

/** One record; `name` absolute, `type` by its name, `ttl` in seconds. Of class IN, as all of the lab's are. */
export type DnsRecord = { name: string; type: string; ttl: number; data: Data };

/** One field of a record in a zone file. */
export type Field = { text: string; quoted: boolean };
/** Makes a name in a zone file absolute: `www` is `www.tatis.test.` */
export type Absolute = (name: string) => string;

type RecordType<D extends Data> = {
  /** How a zone file writes it. */
  form: string;
  /** How many fields it has there, at least and at most. */
  fields: readonly [min: number, max: number];
  fromFields: (fields: readonly Field[], absolute: Absolute) => D;
  /** From a message; its data stand from `start` to `end`. Throws DnsFormatError. */
  read: (bytes: Buffer, start: number, end: number) => D;
  /** To a message, with the length before it. */
  write: (writer: Writer, data: D) => void;
  text: (data: D) => string;
};

const name: RecordType<string> = {
  form: 'a name',
  fields: [1, 1],
  fromFields: ([field], absolute) => absolute(textOf(field)),
  read: (bytes, start, end) => nameUpTo(bytes, start, end),
  write: (writer, data) => writer.sized(() => writer.name(data)),
  text: (data) => data,
};

const address = (length: 4 | 16, form: string): RecordType<string> => ({
  form,
  fields: [1, 1],
  fromFields: ([field]) => {
    if (addressBytes(textOf(field))?.length !== length) throw new Error(`"${textOf(field)}" is not ${form}`);
    return textOf(field);
  },
  read: (bytes, start, end) => {
    if (end - start !== length) throw new DnsFormatError('not the length of an address');
    return addressText(bytes.subarray(start, end));
  },
  write: (writer, data) => writer.sized(() => writer.raw(addressBytes(data) as Buffer)),
  text: (data) => data,
});

const mx: RecordType<Mx> = {
  form: 'a preference and a name',
  fields: [2, 2],
  fromFields: ([preference, exchange], absolute) => ({
    preference: integer(preference, 0xffff),
    exchange: absolute(textOf(exchange)),
  }),
  read: (bytes, start, end) => {
    if (end - start < 3) throw new DnsFormatError('MX is cut');
    return { preference: bytes.readUInt16BE(start), exchange: nameUpTo(bytes, start + 2, end) };
  },
  write: (writer, { preference, exchange }) =>
    writer.sized(() => {
      writer.uint16(preference);
      writer.name(exchange);
    }),
  text: ({ preference, exchange }) => `${preference} ${exchange}`,
};

/** `<character-string>`s: a length in one byte, then as many bytes. */
const texts = (form: string, fields: readonly [number, number]): RecordType<Buffer[]> => ({
  form,
  fields,
  fromFields: (given) =>
    given.map(({ text }) => {
      const bytes = unescaped(text);
      if (bytes.length > 255)
        throw new Error(`a text has ${bytes.length} bytes; more than 255 must be split in several`);
      return bytes;
    }),
  read: (bytes, start, end) => {
    const read: Buffer[] = [];
    for (let at = start; at < end; at += 1 + (bytes[at] as number)) {
      if (at + 1 + (bytes[at] as number) > end) throw new DnsFormatError('a text is cut');
      read.push(Buffer.from(bytes.subarray(at + 1, at + 1 + (bytes[at] as number))));
    }
    if (read.length < fields[0] || read.length > fields[1]) throw new DnsFormatError(`not ${form}`);
    return read;
  },
  write: (writer, data) =>
    writer.sized(() => {
      for (const text of data) writer.string(text);
    }),
  text: (data) => data.map(quoted).join(' '),
});

const soa: RecordType<Soa> = {
  form: 'server, mailbox, serial, refresh, retry, expire, minimum',
  fields: [7, 7],
  fromFields: ([mname, rname, ...numbers], absolute) => {
    const [serial, refresh, retry, expire, minimum] = [0, 1, 2, 3, 4].map((at) =>
      at === 0 ? integer(numbers[at], 0xffffffff) : seconds(numbers[at]),
    ) as [number, number, number, number, number];
    return { mname: absolute(textOf(mname)), rname: absolute(textOf(rname)), serial, refresh, retry, expire, minimum };
  },
  read: (bytes, start, end) => {
    const second = endOfName(bytes, start);
    const numbers = endOfName(bytes, second);
    if (numbers + 20 !== end) throw new DnsFormatError('SOA is not as long as it says');
    const number = (at: number) => bytes.readUInt32BE(numbers + 4 * at);
    const [mname, rname] = [readName(bytes, start), readName(bytes, second)];
    return {
      mname,
      rname,
      serial: number(0),
      refresh: number(1),
      retry: number(2),
      expire: number(3),
      minimum: number(4),
    };
  },
  write: (writer, { mname, rname, serial, refresh, retry, expire, minimum }) =>
    writer.sized(() => {
      writer.name(mname);
      writer.name(rname);
      for (const number of [serial, refresh, retry, expire, minimum]) writer.uint32(number);
    }),
  text: ({ mname, rname, ...numbers }) => [mname, rname, ...Object.values(numbers)].join(' '),
};

/** Any type as bytes: `\# 4 0a000001` (RFC 3597, 5). */
const opaque: RecordType<Buffer> = {
  form: '\\# and a length, then as many bytes in hex',
  fields: [2, Number.POSITIVE_INFINITY],
  fromFields: ([, length, ...hex]) => {
    const digits = hex.map(textOf).join('');
    const bytes = Buffer.from(digits, 'hex');
    if (!/^([0-9a-f]{2})*$/i.test(digits) || bytes.length !== integer(length, 0xffff)) {
      throw new Error(`"${digits}" is not ${textOf(length)} bytes in hex`);
    }
    return bytes;
  },
  read: (bytes, start, end) => Buffer.from(bytes.subarray(start, end)),
  write: (writer, data) => writer.sized(() => writer.raw(data)),
  text: (data) => `\\# ${data.length} ${data.toString('hex')}`.trimEnd(),
};

// biome-ignore lint/suspicious/noExplicitAny: each type has data of its own; the type's name says which
const types: Readonly<Record<string, RecordType<any>>> = {
  A: address(4, 'an IPv4 address'),
  NS: name,
  CNAME: name,
  SOA: soa,
  PTR: name,
  HINFO: texts('two texts', [2, 2]),
  MX: mx,
  TXT: texts('one or more texts of at most 255 bytes', [1, Number.POSITIVE_INFINITY]),
  AAAA: address(16, 'an IPv6 address'),
};

/** How records of this type are read and written. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export function recordType(type: string): RecordType<any> {
  return types[type] ?? opaque;
}

/** The data of a record in a zone file: its fields after the type. Throws an Error that says what the type needs. */
export function dataFromFields(type: string, fields: readonly Field[], absolute: Absolute): Data {
  if (fields[0]?.text === '\\#' && !fields[0].quoted) return fromOpaque(type, opaque.fromFields(fields, absolute));
  const known = types[type];
  if (known === undefined)
    throw new Error(`${type} needs ${opaque.form}; without it: ${Object.keys(types).join(', ')}`);
  const [min, max] = known.fields;
  if (fields.length < min) throw new Error(`${type} needs ${known.form}`);
  if (fields.length > max) throw new Error(`${type} needs ${known.form}: ${max} fields, not ${fields.length}`);
  return known.fromFields(fields, absolute);
}

/** A known type may be written as bytes too. */
function fromOpaque(type: string, bytes: Buffer): Data {
  try {
    return recordType(type).read(bytes, 0, bytes.length);
  } catch (error) {
    throw new Error(`these bytes are no ${type}: ${(error as Error).message}`);
  }
}

/** The code of a record's type. */
export function codeOf(type: string): number {
  return typeCode(type) as number;
}

/** The record as people read it, without its name and TTL: `203.0.113.10`, `CNAME tatis.test.`, `MX 10 mail.test.` */
export function recordText({ type, data }: DnsRecord): string {
  const text = recordType(type).text(data);
  return type === 'A' || type === 'AAAA' ? text : `${type} ${text}`;
}

/** A number of seconds in a zone file: `300`, `5m`, `1h30m`. */
export function seconds(field: Field | undefined): number {
  const text = textOf(field);
  if (!/^(\d+[smhdw]?)+$/i.test(text)) throw new Error(`"${text}" is no time: 300, 5m, 1h30m`);
  const units: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 };
  const parts = text.toLowerCase().matchAll(/(\d+)([smhdw]?)/g);
  const sum = [...parts].reduce((total, [, number, unit]) => total + Number(number) * (units[unit || 's'] ?? 1), 0);
  if (sum > 0x7fffffff) throw new Error(`"${text}" is more than 2147483647 seconds (RFC 2181, 8)`);
  return sum;
}

function integer(field: Field | undefined, max: number): number {
  const text = textOf(field);
  if (!/^\d+$/.test(text) || Number(text) > max) throw new Error(`"${text}" is no whole number up to ${max}`);
  return Number(text);
}

function textOf(field: Field | undefined): string {
  return field?.text ?? '';
}

/** The bytes of a text in a zone file (read as latin1: a byte a character), where \X is X and \DDD a byte. */
function unescaped(text: string): Buffer {
  const bytes = text.replace(/\\(\d{3}|.)/g, (_, escaped: string) => {
    if (escaped.length < 3) return escaped;
    if (Number(escaped) > 255) throw new Error(`"\\${escaped}" is no byte`);
    return String.fromCharCode(Number(escaped));
  });
  return Buffer.from(bytes, 'latin1');
}

/** The text as a zone file writes it, in quotes; what is not printable as \DDD. */
function quoted(bytes: Buffer): string {
  const text = bytes.toString('latin1').replace(/["\\]/g, '\\$&');
  return `"${text.replace(/[^ -~]/g, (byte) => `\\${String(byte.charCodeAt(0)).padStart(3, '0')}`)}"`;
}

/** The name at `start`, which must end where the data end. */
function nameUpTo(bytes: Buffer, start: number, end: number): string {
  if (endOfName(bytes, start) !== end) throw new DnsFormatError('a name is not as long as its record says');
  return readName(bytes, start);
}
