// Trace context over a TCP connection: a PROXY protocol header, version 2, before the first byte of the request.
// https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt, section 2.2
//
//    0 …………… 11   12      13       14 15    16 …                             … 15 + length
//   ┌───────────┬───────┬────────┬────────┬────────────────────────────────┬─────────────────────┐
//   │ signature │  2│1  │  1│1   │ length │ source, destination, two ports │ type │ length │ …   │
//   └───────────┴───────┴────────┴────────┴────────────────────────────────┴─────────────────────┘
//     12 bytes   version  family            IPv4: 12 bytes, IPv6: 36        fields, here two:
//                command  transport                                         E0: 27 bytes as in a DNS query (dns.ts)
//                                                                           E1: one byte, how many routers may still follow
//                                                                           E2: like E0, of the TLS handshake that follows
//
// As nginx reads it: whatever is not a stream over IPv4 or IPv6 (LOCAL, UNSPEC, datagrams, UNIX sockets, numbers not yet
// given) is skipped over, and the sender speaks for itself. Checksums (type 03) are not verified.

import { isIPv4 } from 'node:net';
import type { Context, SpanContext } from '@opentelemetry/api';
import { decodeTraceOption, encodeTraceOption } from '../../otel/propagation/dns.ts';
import { addressBytes, addressText } from './address.ts';
import type { Endpoint } from './endpoint.ts';

/** Fields of our own, from the range for applications. */
export const TYPE_TRACE = 0xe0;
export const TYPE_HOPS = 0xe1;
export const TYPE_TLS_CONTEXT = 0xe2;

const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const FIXED = 16;
const PROXY = 1;
const STREAM = 1;
/** How many bytes the addresses of a family take: IPv4, IPv6. */
const ADDRESS_BYTES: Record<number, number> = { 1: 12, 2: 36 };
/** What stands before an IPv4 address that is written as an IPv6 one. */
const MAPPED = Buffer.from('00000000000000000000ffff', 'hex');
/** More than any real header; a sender that promises more is not waited for. */
const MAX_LENGTH = 4096;

/** One field of the header. */
export type Field = { type: number; value: Buffer };

export type ProxyHeader = {
  /** Source and destination of the connection; null where the header has none (LOCAL, UNSPEC …). */
  addresses: { source: Endpoint; destination: Endpoint } | null;
  /** In their order, up to the first that is broken; fields that are not known are kept, so that they can be passed on. */
  fields: readonly Field[];
};

/** Bytes that are no PROXY header: the connection must be closed, because it is not known where the request begins. */
export class ProxyHeaderError extends Error {
  readonly code = 'proxy_header';
}

/** The header as bytes. */
export function encodeProxyHeader({ addresses, fields }: ProxyHeader): Buffer {
  const data = fields.flatMap(({ type, value }) => [
    Buffer.from([type, value.length >> 8, value.length & 0xff]),
    value,
  ]);
  const family = addresses === null ? 0 : isIPv4(addresses.source.host) && isIPv4(addresses.destination.host) ? 1 : 2;
  const body = Buffer.concat([addresses === null ? Buffer.alloc(0) : encodeAddresses(addresses, family), ...data]);
  const head = Buffer.from([0x20 | (addresses === null ? 0 : 1), addresses === null ? 0 : (family << 4) | 1, 0, 0]);
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([SIGNATURE, head, body]);
}

/**
 * Reads a header at the beginning of `bytes`, the first of a connection: the header and how many bytes it takes,
 * undefined while it is not whole. Throws a ProxyHeaderError as soon as the bytes can't become one.
 */
export function parseProxyHeader(bytes: Buffer): { header: ProxyHeader; length: number } | undefined {
  const begun = Math.min(bytes.length, SIGNATURE.length);
  if (!bytes.subarray(0, begun).equals(SIGNATURE.subarray(0, begun))) throw new ProxyHeaderError('no PROXY signature');
  if (bytes.length < FIXED) return undefined;

  const [version, command] = [bytes.readUInt8(12) >> 4, bytes.readUInt8(12) & 0x0f];
  const [family, transport] = [bytes.readUInt8(13) >> 4, bytes.readUInt8(13) & 0x0f];
  const length = FIXED + bytes.readUInt16BE(14);
  if (version !== 2) throw new ProxyHeaderError(`version ${version} of the PROXY protocol, not 2`);
  if (length > MAX_LENGTH) throw new ProxyHeaderError(`the header has ${length} bytes, more than ${MAX_LENGTH}`);
  if (bytes.length < length) return undefined;

  const addressBytes = ADDRESS_BYTES[family];
  if (command !== PROXY || transport !== STREAM || addressBytes === undefined) {
    return { header: { addresses: null, fields: [] }, length };
  }
  const body = bytes.subarray(FIXED, length);
  if (body.length < addressBytes) throw new ProxyHeaderError('truncated addresses');
  return {
    header: {
      addresses: decodeAddresses(body, family === 1 ? 4 : 16),
      fields: decodeFields(body.subarray(addressBytes)),
    },
    length,
  };
}

/** The fields that carry the span's context and how many routers may still follow. */
export function traceField(span: SpanContext): Field {
  return { type: TYPE_TRACE, value: encodeTraceOption(span) };
}

/** The field that carries the context of the TLS handshake that follows, which has no place for one itself. */
export function tlsContextField(span: SpanContext): Field {
  return { type: TYPE_TLS_CONTEXT, value: encodeTraceOption(span) };
}

export function hopsField(hops: number): Field {
  return { type: TYPE_HOPS, value: Buffer.from([hops]) };
}

/** The context that the header carries; one without a span when there is none or it is malformed. */
export function contextOf({ fields }: ProxyHeader): Context {
  return decodeTraceOption(fields.find(({ type }) => type === TYPE_TRACE)?.value);
}

/** The context of the TLS handshake that follows; one without a span when there is none. */
export function tlsContextOf({ fields }: ProxyHeader): Context {
  return decodeTraceOption(fields.find(({ type }) => type === TYPE_TLS_CONTEXT)?.value);
}

/** How many routers may still follow; undefined where the header does not say. */
export function hopsOf({ fields }: ProxyHeader): number | undefined {
  const value = fields.find(({ type }) => type === TYPE_HOPS)?.value;
  return value?.length === 1 ? value.readUInt8(0) : undefined;
}

function decodeFields(bytes: Buffer): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at + 3 <= bytes.length; ) {
    const end = at + 3 + bytes.readUInt16BE(at + 1);
    if (end > bytes.length) break;
    fields.push({ type: bytes.readUInt8(at), value: Buffer.from(bytes.subarray(at + 3, end)) });
    at = end;
  }
  return fields;
}

function encodeAddresses({ source, destination }: { source: Endpoint; destination: Endpoint }, family: number): Buffer {
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(source.port, 0);
  ports.writeUInt16BE(destination.port, 2);
  return Buffer.concat([hostBytes(source.host, family), hostBytes(destination.host, family), ports]);
}

function decodeAddresses(body: Buffer, size: 4 | 16): { source: Endpoint; destination: Endpoint } {
  const host = (at: number) => addressText(body.subarray(at, at + size)).replace(/^::ffff:(?=\d+\.)/, '');
  return {
    source: { host: host(0), port: body.readUInt16BE(2 * size) },
    destination: { host: host(size), port: body.readUInt16BE(2 * size + 2) },
  };
}

/** As 4 bytes, or as 16: an IPv4 address beside an IPv6 one is written as ::ffff:a.b.c.d. */
function hostBytes(host: string, family: number): Buffer {
  const bytes = addressBytes(host.replace(/%.*/, ''));
  if (bytes === undefined) throw new TypeError(`"${host}" is not an IP address`);
  return family === 2 && bytes.length === 4 ? Buffer.concat([MAPPED, bytes]) : bytes;
}
