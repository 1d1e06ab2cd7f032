// The types of record that the phonebook knows: each as fields in a zone file, as bytes on the wire, and as a line to
// read. Data have the shape that dns-packet decodes to; names in them are absolute and in lower case.

import { isIPv4, isIPv6 } from 'node:net';
import packet from 'dns-packet';
import { labelsOf, nameFrom } from './message/name.ts';
import type { Writer } from './message/writer.ts';

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
export type Hinfo = { cpu: string; os: string };
export type Data = string | Mx | Soa | Hinfo | Buffer[];

/** One record; `name` absolute and in lower case, `ttl` in seconds. Of class IN, as all of the lab's are. */
export type DnsRecord = { name: string; type: string; ttl: number; data: Data };

/** One field of a record in a zone file. */
export type Field = { text: string; quoted: boolean };
/** Makes a name in a zone file absolute: `www` is `www.tatis.test.` */
export type Absolute = (name: string) => string;

type RecordType<D extends Data> = {
  code: number;
  /** How a zone file writes it. */
  form: string;
  fromFields: (fields: readonly Field[], absolute: Absolute) => D;
  /** Where names in it are relative, or of any case (dns-packet gives no last dot). */
  fromPacket?: (data: D) => D;
  write: (writer: Writer, data: D) => void;
  text: (data: D) => string;
};

const name = (code: number): RecordType<string> => ({
  code,
  form: 'a name',
  fromFields: ([field], absolute) => absolute(textOf(field)),
  fromPacket: canonical,
  write: (writer, data) => writer.sized(() => writer.name(data)),
  text: (data) => data,
});

const address = (code: number, type: string, isAddress: (text: string) => boolean): RecordType<string> => ({
  code,
  form: `an ${type === 'A' ? 'IPv4' : 'IPv6'} address`,
  fromFields: ([field]) => {
    if (!isAddress(textOf(field))) throw new Error(`"${textOf(field)}" is not ${types[type]?.form}`);
    return textOf(field);
  },
  write: (writer, data) => writer.raw(encode(type, data)),
  text: (data) => data,
});

const mx: RecordType<Mx> = {
  code: 15,
  form: 'a preference and a name',
  fromFields: ([preference, exchange], absolute) => ({
    preference: integer(preference, 0xffff),
    exchange: absolute(textOf(exchange)),
  }),
  fromPacket: ({ preference, exchange }) => ({ preference: preference ?? 0, exchange: canonical(exchange) }),
  write: (writer, { preference, exchange }) =>
    writer.sized(() => {
      writer.uint16(preference);
      writer.name(exchange);
    }),
  text: ({ preference, exchange }) => `${preference} ${exchange}`,
};

const txt: RecordType<Buffer[]> = {
  code: 16,
  form: 'one or more texts of at most 255 bytes',
  fromFields: (fields) =>
    fields.map(({ text }) => {
      const bytes = unescaped(text);
      if (bytes.length > 255)
        throw new Error(`a text has ${bytes.length} bytes; more than 255 must be split in several`);
      return bytes;
    }),
  write: (writer, data) => writer.raw(encode('TXT', data)),
  text: (data) => data.map((text) => JSON.stringify(text.toString())).join(' '),
};

const soa: RecordType<Soa> = {
  code: 6,
  form: 'server, mailbox, serial, refresh, retry, expire, minimum',
  fromFields: ([mname, rname, ...numbers], absolute) => {
    const [serial, refresh, retry, expire, minimum] = [0, 1, 2, 3, 4].map((at) =>
      at === 0 ? integer(numbers[at], 0xffffffff) : seconds(numbers[at]),
    ) as [number, number, number, number, number];
    return { mname: absolute(textOf(mname)), rname: absolute(textOf(rname)), serial, refresh, retry, expire, minimum };
  },
  fromPacket: (data) => ({ ...data, mname: canonical(data.mname), rname: canonical(data.rname) }),
  write: (writer, { mname, rname, serial, refresh, retry, expire, minimum }) =>
    writer.sized(() => {
      writer.name(mname);
      writer.name(rname);
      for (const number of [serial, refresh, retry, expire, minimum]) writer.uint32(number);
    }),
  text: ({ mname, rname, ...numbers }) => [mname, rname, ...Object.values(numbers)].join(' '),
};

const hinfo: RecordType<Hinfo> = {
  code: 13,
  form: 'two texts',
  fromFields: ([cpu, os]) => ({ cpu: unescaped(textOf(cpu)).toString(), os: unescaped(textOf(os)).toString() }),
  write: (writer, data) => writer.raw(encode('HINFO', data)),
  text: ({ cpu, os }) => `${JSON.stringify(cpu)} ${JSON.stringify(os)}`,
};

/** Every type by its name. */
// biome-ignore lint/suspicious/noExplicitAny: each type has data of its own; the type's name says which
export const types: Readonly<Record<string, RecordType<any>>> = {
  A: address(1, 'A', isIPv4),
  NS: name(2),
  CNAME: name(5),
  SOA: soa,
  HINFO: hinfo,
  MX: mx,
  TXT: txt,
  AAAA: address(28, 'AAAA', isIPv6),
};

const OTHER_CODES: Record<string, number> = { PTR: 12, SRV: 33, DS: 43, HTTPS: 65, IXFR: 251, AXFR: 252, ANY: 255 };
const nameOfCode = new Map([
  ...Object.entries(types).map(([type, { code }]): [number, string] => [code, type]),
  ...Object.entries(OTHER_CODES).map(([type, code]): [number, string] => [code, type]),
]);

/** The name of a type's code; `TYPE123` for one that has none here (RFC 3597). */
export function typeName(code: number): string {
  return nameOfCode.get(code) ?? `TYPE${code}`;
}

/** The code of a type's name. */
export function typeCode(type: string): number {
  return types[type]?.code ?? OTHER_CODES[type] ?? Number(type.slice('TYPE'.length));
}

/** The record as people read it, without its name and TTL: `203.0.113.10`, `CNAME tatis.test.`, `MX 10 mail.test.` */
export function recordText({ type, data }: DnsRecord): string {
  const text = types[type]?.text(data) ?? '';
  return type === 'A' || type === 'AAAA' ? text : `${type} ${text}`;
}

/** A name as dns-packet decodes it, made absolute and lower-case. */
export function canonical(decoded: string): string {
  return nameFrom(labelsOf(decoded));
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

function integer(field: Field | undefined, most: number): number {
  const text = textOf(field);
  if (!/^\d+$/.test(text) || Number(text) > most) throw new Error(`"${text}" is no whole number up to ${most}`);
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

/** Data as dns-packet writes them, with their length before them. */
function encode(type: string, data: Data): Buffer {
  return (packet as unknown as { record(type: string): { encode(data: Data): Buffer } }).record(type).encode(data);
}
