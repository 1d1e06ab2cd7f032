// Reads bytes from their front, and records each range that it reads (dns.ts, proxy-header.ts, tls.ts).
// Pure, as all of this folder: a browser runs it too.

import { DnsFormatError } from '../../otel/propagation/dns-name.ts';
import { printable } from '../printable.ts';

/** One range of bytes, `end` exclusive: where it belongs (`header`, `question`, `answer 1` …), its name and its value as text. */
export type WireField = { start: number; end: number; part: string; name: string; value: string };

/** Reads bytes from the front, and records each range as a field. What cannot be read throws DnsFormatError. */
export class Reader {
  readonly bytes: Uint8Array;
  readonly fields: WireField[] = [];
  part: string;
  at = 0;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, part: string) {
    this.bytes = bytes;
    this.part = part;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Reads `length` bytes; `say` returns their value as text. */
  take<T>(length: number, name: string, read: (at: number) => T, say: (value: T) => string = String): T {
    if (this.at + length > this.bytes.length) throw new DnsFormatError('no more bytes');
    const value = read(this.at);
    if (length > 0)
      this.fields.push({ start: this.at, end: this.at + length, part: this.part, name, value: say(value) });
    this.at += length;
    return value;
  }

  uint8(name: string, say?: (value: number) => string): number {
    return this.take(1, name, (at) => this.#view.getUint8(at), say);
  }

  uint16(name: string, say?: (value: number) => string): number {
    return this.take(2, name, (at) => this.#view.getUint16(at), say);
  }

  uint32(name: string, say?: (value: number) => string): number {
    return this.take(4, name, (at) => this.#view.getUint32(at), say);
  }

  raw(length: number, name: string, say: (bytes: Uint8Array) => string = hexOf): void {
    this.take(length, name, (at) => this.bytes.subarray(at, at + length), say);
  }

  /** Everything that is left, if anything is. */
  rest(name: string): void {
    if (this.at < this.bytes.length) this.raw(this.bytes.length - this.at, name);
  }

  /** Reads to `end` with `read`; what it cannot read, or reads beyond `end`, is recorded as `data`. */
  upTo(end: number, read: () => void): void {
    const [noted, start] = [this.fields.length, this.at];
    try {
      read();
    } catch (error) {
      if (!(error instanceof DnsFormatError)) throw error;
      this.at = end + 1;
    }
    if (this.at > end) {
      this.fields.length = noted;
      this.at = start;
    }
    if (this.at < end) this.raw(end - this.at, 'data');
  }
}

/** Reads with `read`, and records the rest, or what cannot be read; never throws. */
export function fieldsOf(bytes: Uint8Array, part: string, read: (reader: Reader) => void): WireField[] {
  const reader = new Reader(bytes, part);
  try {
    read(reader);
  } catch (error) {
    if (!(error instanceof DnsFormatError)) throw error;
    reader.rest(`not readable: ${error.message}`);
  }
  reader.rest('past the end');
  return reader.fields;
}

/** Bytes in hexadecimal. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The bytes that `hex` writes down; they end before the first that is not a pair of hexadecimal digits. */
export function bytesOf(hex: string): Uint8Array {
  const [pairs = ''] = /^(?:[0-9a-f]{2})*/i.exec(hex) ?? [];
  return Uint8Array.from(pairs.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Bytes as text in UTF-8, safe to show. */
export function textOf(bytes: Uint8Array): string {
  return printable(new TextDecoder().decode(bytes));
}

/** An IPv4 or IPv6 address (RFC 5952). */
export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const groups = Array.from({ length: bytes.length / 2 }, (_, index) => view.getUint16(2 * index).toString(16));
  const all = groups.join(':');
  const runs = [...all.matchAll(/(?<=^|:)0(:0)+(?=:|$)/g)].map(([run]) => run);
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  if (longest === '') return all;
  const at = all.search(new RegExp(`(?<=^|:)${longest}(?=:|$)`));
  return `${all.slice(0, at).replace(/:$/, '')}::${all.slice(at + longest.length).replace(/^:/, '')}`;
}
