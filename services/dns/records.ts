// The record types: each as tokens in a zone file, as bytes in a message, and as a line of text. Names in them are absolute. An
// unknown type is bytes, written as RFC 3597 says.

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

/** One record of class IN; `name` absolute, `type` by its name, `ttl` in seconds. */
export type DnsRecord = { name: string; type: string; ttl: number; data: Data };

/** One word or quoted text of a zone file. */
export type Token = { text: string; quoted: boolean };
/** Makes a name in a zone file absolute: `www` is `www.tatis.test.` */
export type Absolute = (name: string) => string;

type RecordType<D> = {
  /** What a zone file contains, and how many tokens of it, at least and at most. */
  form: string;
  tokens: readonly [min: number, max: number];
  parse: (tokens: readonly Token[], absolute: Absolute) => D;
  /** From a message, where its data is from `start` to `end`. Throws DnsFormatError. */
  read: (bytes: Buffer, start: number, end: number) => D;
  write: (writer: Writer, data: D) => void;
  text: (data: D) => string;
};

/** One field of a record's data; `end` is where it ends in a message. */
type Field<T> = {
  parse: (text: string, absolute: Absolute) => T;
  end: (bytes: Buffer, start: number) => number;
  read: (bytes: Buffer, start: number, end: number) => T;
  write: (writer: Writer, value: T) => void;
};

const name: Field<string> = {
  parse: (text, absolute) => absolute(text),
  end: endOfName,
  read: readName,
  write: (writer, value) => writer.name(value),
};

const uint16: Field<number> = {
  parse: (text) => integer(text, 0xffff),
  end: (_, start) => start + 2,
  read: (bytes, start) => bytes.readUInt16BE(start),
  write: (writer, value) => writer.uint16(value),
};

const uint32: Field<number> = {
  parse: (text) => integer(text, 0xffffffff),
  end: (_, start) => start + 4,
  read: (bytes, start) => bytes.readUInt32BE(start),
  write: (writer, value) => writer.uint32(value),
};

const time: Field<number> = { ...uint32, parse: seconds };

const address = (length: 4 | 16, form: string): Field<string> => ({
  parse: (text) => {
    if (addressBytes(text)?.length !== length) throw new Error(`"${text}" is not ${form}`);
    return text;
  },
  end: (_, start) => start + length,
  read: (bytes, start, end) => addressText(bytes.subarray(start, end)),
  write: (writer, value) => writer.raw(addressBytes(value) as Buffer),
});

/** A type whose data are `fields`, one after another. */
function struct<T extends object>(form: string, fields: { [K in keyof T]: Field<T[K]> }): RecordType<T> {
  const all = Object.entries(fields) as [keyof T & string, Field<T[keyof T]>][];
  return {
    form,
    tokens: [all.length, all.length],
    parse: (tokens, absolute) =>
      Object.fromEntries(all.map(([key, field], at) => [key, field.parse(tokens[at]?.text ?? '', absolute)])) as T,
    read: (bytes, start, end) => {
      let at = start;
      const values = all.map(([key, field]) => {
        const from = at;
        at = field.end(bytes, from);
        if (at > end) throw new DnsFormatError('the data is longer than its record');
        return [key, field.read(bytes, from, at)];
      });
      if (at !== end) throw new DnsFormatError('the data is shorter than its record');
      return Object.fromEntries(values) as T;
    },
    write: (writer, data) => {
      for (const [key, field] of all) field.write(writer, data[key]);
    },
    text: (data) => Object.values(data).join(' '),
  };
}

/** A type whose data is one field. */
function single(form: string, field: Field<string>): RecordType<string> {
  const { tokens, parse, read, write } = struct<{ value: string }>(form, { value: field });
  return {
    form,
    tokens,
    parse: (given, absolute) => parse(given, absolute).value,
    read: (bytes, start, end) => read(bytes, start, end).value,
    write: (writer, value) => write(writer, { value }),
    text: (value) => value,
  };
}

/** `<character-string>`s: a length in one byte, then as many bytes. */
const texts = (form: string, tokens: readonly [number, number]): RecordType<Buffer[]> => ({
  form,
  tokens,
  parse: (given) =>
    given.map(({ text }) => {
      const bytes = unescaped(text);
      if (bytes.length > 255) throw new Error(`a text of ${bytes.length} bytes; split it: each may have 255`);
      return bytes;
    }),
  read: (bytes, start, end) => {
    const read: Buffer[] = [];
    for (let at = start; at < end; at += 1 + (bytes[at] as number)) {
      const after = at + 1 + (bytes[at] as number);
      if (after > end) throw new DnsFormatError('a text is longer than its record');
      read.push(Buffer.from(bytes.subarray(at + 1, after)));
    }
    if (read.length < tokens[0] || read.length > tokens[1]) throw new DnsFormatError(`not ${form}`);
    return read;
  },
  write: (writer, data) => {
    for (const text of data) writer.string(text);
  },
  text: (data) => data.map(quoted).join(' '),
});

/** Any type as bytes: `\# 4 0a000001` (RFC 3597, 5). */
const opaque: RecordType<Buffer> = {
  form: '\\# and a length, then as many bytes in hex',
  tokens: [2, Number.POSITIVE_INFINITY],
  parse: ([, length, ...hex]) => {
    const digits = hex.map(({ text }) => text).join('');
    const bytes = Buffer.from(digits, 'hex');
    if (!/^([0-9a-f]{2})*$/i.test(digits) || bytes.length !== integer(length?.text ?? '', 0xffff)) {
      throw new Error(`"${digits}" is not ${length?.text} bytes in hex`);
    }
    return bytes;
  },
  read: (bytes, start, end) => Buffer.from(bytes.subarray(start, end)),
  write: (writer, data) => writer.raw(data),
  text: (data) => `\\# ${data.length} ${data.toString('hex')}`.trimEnd(),
};

// biome-ignore lint/suspicious/noExplicitAny: each type has data of its own; the type's name says which
const types: Readonly<Record<string, RecordType<any>>> = {
  A: single('an IPv4 address', address(4, 'an IPv4 address')),
  NS: single('a name', name),
  CNAME: single('a name', name),
  SOA: struct<Soa>('primary server, contact, serial, refresh, retry, expire, minimum', {
    ...{ mname: name, rname: name, serial: uint32 },
    ...{ refresh: time, retry: time, expire: time, minimum: time },
  }),
  PTR: single('a name', name),
  HINFO: texts('two texts', [2, 2]),
  MX: struct<Mx>('a preference and a name', { preference: uint16, exchange: name }),
  TXT: texts('one or more texts of at most 255 bytes', [1, Number.POSITIVE_INFINITY]),
  AAAA: single('an IPv6 address', address(16, 'an IPv6 address')),
};

/** How records of this type are parsed, read and written. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export function recordType(type: string): RecordType<any> {
  return types[type] ?? opaque;
}

/** The data of a record in a zone file: the tokens after the type. Throws an Error with what the type needs. */
export function parseData(type: string, tokens: readonly Token[], absolute: Absolute): Data {
  if (tokens[0]?.text === '\\#' && !tokens[0].quoted) {
    const bytes = opaque.parse(tokens, absolute);
    try {
      return recordType(type).read(bytes, 0, bytes.length);
    } catch (error) {
      throw new Error(`these bytes are not ${type} data: ${(error as Error).message}`);
    }
  }
  const known = types[type];
  if (known === undefined) {
    throw new Error(`${type} needs ${opaque.form}; without it: ${Object.keys(types).join(', ')}`);
  }
  const [min, max] = known.tokens;
  if (tokens.length >= min && tokens.length <= max) return known.parse(tokens, absolute);
  throw new Error(`${type} needs ${known.form}, got ${tokens.length === 1 ? '1 field' : `${tokens.length} fields`}`);
}

/** The code of a record's type. */
export function codeOf(type: string): number {
  return typeCode(type) as number;
}

/** The record as text, without its name and TTL: `203.0.113.10`, `CNAME tatis.test.`, `MX 10 mail.test.` */
export function recordText({ type, data }: DnsRecord): string {
  const text = recordType(type).text(data);
  return type === 'A' || type === 'AAAA' ? text : `${type} ${text}`;
}

/** A number of seconds in a zone file: `300`, `5m`, `1h30m`. */
export function seconds(text: string): number {
  if (!/^(\d+[smhdw]?)+$/i.test(text)) throw new Error(`"${text}" is not a time: 300, 5m, 1h30m`);
  const units: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 };
  const parts = text.toLowerCase().matchAll(/(\d+)([smhdw]?)/g);
  const sum = [...parts].reduce((total, [, number, unit]) => total + Number(number) * (units[unit || 's'] ?? 1), 0);
  if (sum > 0x7fffffff) throw new Error(`"${text}" is more than 2147483647 seconds (RFC 2181, 8)`);
  return sum;
}

function integer(text: string, max: number): number {
  if (!/^\d+$/.test(text) || Number(text) > max) throw new Error(`"${text}" is not a whole number from 0 to ${max}`);
  return Number(text);
}

/** The bytes of a text in a zone file (read as latin1: a byte a character), where \X is X and \DDD a byte. */
function unescaped(text: string): Buffer {
  const bytes = text.replace(/\\(\d{3}|.)/g, (_, escaped: string) => {
    if (escaped.length < 3) return escaped;
    if (Number(escaped) > 255) throw new Error(`"\\${escaped}" is not a byte`);
    return String.fromCharCode(Number(escaped));
  });
  return Buffer.from(bytes, 'latin1');
}

/** The text as in a zone file, in quotes; an unprintable byte is \DDD. */
function quoted(bytes: Buffer): string {
  const text = bytes.toString('latin1').replace(/["\\]/g, '\\$&');
  return `"${text.replace(/[^ -~]/g, (byte) => `\\${String(byte.charCodeAt(0)).padStart(3, '0')}`)}"`;
}
