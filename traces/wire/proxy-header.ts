// The bytes of a PROXY protocol header, version 2, one by one (https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt, 2.2):
//
//   0–11 signature · 12 version and command · 13 family · 14–15 length · addresses and ports · fields: type, length, value

import { DnsFormatError } from '../../otel/propagation/dns-name.ts';
import { addressText, fieldsOf, type Reader, type WireField } from './reader.ts';
import { readTraceContext } from './trace-context.ts';

const TYPES: Record<number, string> = {
  1: 'ALPN',
  2: 'authority',
  3: 'CRC-32C',
  4: 'padding',
  224: "the trace's context",
  225: 'routers that may still follow',
  226: 'context of the TLS handshake',
};
const [TRACE, HOPS, TLS] = [224, 225, 226];
/** Families by their byte: what they are called, and how long an address is. */
const FAMILIES: Record<number, { name: string; size: number }> = {
  17: { name: 'TCP over IPv4', size: 4 },
  33: { name: 'TCP over IPv6', size: 16 },
};

/** The fields of a header; never throws. */
export function proxyHeaderFields(header: Uint8Array): WireField[] {
  return fieldsOf(header, 'header', readHeader);
}

function readHeader(reader: Reader): void {
  reader.raw(12, 'signature', () => 'a PROXY header, version 2, begins');
  reader.uint8('version and command', (byte) => `version ${byte >> 4}, ${byte & 1 ? 'PROXY' : 'LOCAL'}`);
  const family = reader.uint8('family', (byte) => FAMILIES[byte]?.name ?? `0x${byte.toString(16)}`);
  reader.uint16('length', (length) => `${length} bytes follow`);
  const size = FAMILIES[family]?.size;
  if (size !== undefined) {
    for (const side of ['source', 'destination']) reader.raw(size, `${side} address`, addressText);
    for (const side of ['source', 'destination']) reader.uint16(`${side} port`);
  }
  while (reader.at < reader.bytes.length) readField(reader);
}

function readField(reader: Reader): void {
  reader.part = 'field';
  const type = reader.uint8('type', (value) => `0x${value.toString(16)}: ${TYPES[value] ?? 'unknown'}`);
  const length = reader.uint16('length');
  const end = reader.at + length;
  if (end > reader.bytes.length) throw new DnsFormatError('a field is longer than the header');
  reader.part = TYPES[type] ?? 'field';
  if (length > 0) {
    reader.upTo(end, () => {
      if (type === TRACE || type === TLS) readTraceContext(reader);
      else if (type === HOPS) reader.uint8('number');
    });
  }
}
