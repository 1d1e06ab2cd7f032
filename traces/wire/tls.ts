// The first bytes of a TLS handshake, as named fields (RFC 8446, 4 and 5; RFC 5246 for 1.2): ranges side by side
// from the first byte to the last, for any input. What cannot be read is one last range with the reason.
//
//   record: type, version, length · message: type, length · hello: version, random, session, ciphers, extensions

import { DnsFormatError } from '../../otel/propagation/dns-name.ts';
import { fieldsOf, hexOf, type Reader, textOf, type WireField } from './reader.ts';
import { ALERTS, CIPHERS, EXTENSIONS, GROUPS, MESSAGES, named, RECORDS, SIGNATURES, VERSIONS } from './tls-numbers.ts';

const [ALERT, HANDSHAKE] = [21, 22];
const [CLIENT_HELLO, SERVER_HELLO] = [1, 2];
/** The random of a ServerHello that asks for another hello (RFC 8446, 4.1.3). */
const RETRY = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';

/** The fields of records that follow each other; never throws. */
export function tlsFields(records: Uint8Array): WireField[] {
  return fieldsOf(records, 'record', (reader) => {
    while (reader.at < reader.bytes.length) readRecord(reader);
  });
}

function readRecord(reader: Reader): void {
  reader.part = 'record';
  const type = reader.uint8('type', named(RECORDS));
  reader.uint16(
    'version',
    (version) => `${named(VERSIONS)(version)}: legacy, for servers and middleboxes that reject newer ones`,
  );
  const end = readLength(reader, 2);
  reader.upTo(end, () => {
    if (type === ALERT) readAlert(reader);
    else if (type === HANDSHAKE) while (reader.at < end) readMessage(reader);
  });
}

function readAlert(reader: Reader): void {
  reader.part = 'alert';
  reader.uint8('level', named({ 1: 'warning', 2: 'fatal' }));
  reader.uint8('description', named(ALERTS));
}

function readMessage(reader: Reader): void {
  reader.part = 'message';
  const type = reader.uint8('type', named(MESSAGES));
  const end = readLength(reader, 3);
  reader.part = MESSAGES[type] ?? 'message';
  reader.upTo(end, () => {
    if (type === CLIENT_HELLO) readClientHello(reader);
    else if (type === SERVER_HELLO) readServerHello(reader);
  });
}

function readClientHello(reader: Reader): void {
  reader.uint16('version', (version) => `${named(VERSIONS)(version)}; newer ones stand in supported_versions`);
  reader.raw(32, 'random', (bytes) => `${hexOf(bytes.subarray(0, 4))}…: never the same twice`);
  readSession(reader);
  const ciphers = readLength(reader, 2, 'ciphers');
  while (reader.at < ciphers) reader.uint16('cipher', named(CIPHERS));
  const methods = readLength(reader, 1, 'compressions');
  while (reader.at < methods) reader.uint8('compression', named({ 0: 'none' }));
  readExtensions(reader, CLIENT_HELLO);
}

function readServerHello(reader: Reader): void {
  reader.uint16('version', (version) => `${named(VERSIONS)(version)}; a newer one stands in supported_versions`);
  reader.raw(32, 'random', (bytes) =>
    hexOf(bytes) === RETRY ? 'HelloRetryRequest: send another hello' : `${hexOf(bytes.subarray(0, 4))}…`,
  );
  readSession(reader);
  reader.uint16('cipher', (cipher) => `${named(CIPHERS)(cipher)} was chosen`);
  reader.uint8('compression', named({ 0: 'none' }));
  readExtensions(reader, SERVER_HELLO);
}

function readSession(reader: Reader): void {
  const end = readLength(reader, 1, 'session');
  if (reader.at < end) reader.raw(end - reader.at, 'session id', short);
}

type Hello = typeof CLIENT_HELLO | typeof SERVER_HELLO;

function readExtensions(reader: Reader, hello: Hello): void {
  const end = readLength(reader, 2, 'extensions');
  while (reader.at < end) {
    reader.part = 'extension';
    const type = reader.uint16('type', named(EXTENSIONS));
    const next = readLength(reader, 2);
    reader.part = EXTENSIONS[type] ?? 'extension';
    const read = (hello === CLIENT_HELLO ? OFFERED : CHOSEN)[type];
    if (reader.at < next) reader.upTo(next, () => read?.(reader));
  }
}

/** What each extension holds in a client's hello. */
const OFFERED: Record<number, (reader: Reader) => void> = {
  0: (reader) =>
    readList(reader, 2, () => {
      reader.uint8('type', named({ 0: 'a host name' }));
      const end = readLength(reader, 2);
      reader.raw(end - reader.at, 'name', (bytes) => `${textOf(bytes)}: readable by everyone on the path`);
    }),
  10: (reader) => readList(reader, 2, () => reader.uint16('group', named(GROUPS))),
  13: (reader) => readList(reader, 2, () => reader.uint16('signature', named(SIGNATURES))),
  16: readProtocols,
  41: (reader) => {
    readList(reader, 2, () => {
      const end = readLength(reader, 2, 'ticket');
      reader.raw(end - reader.at, 'ticket', (bytes) => `${short(bytes)}: issued by the server in an earlier handshake`);
      reader.uint32('age', () => 'obfuscated: its age cannot be read on the path');
    });
    readList(reader, 2, () => {
      const end = readLength(reader, 1, 'binder');
      reader.raw(end - reader.at, 'binder', (bytes) => `${short(bytes)}: proves that the client knows its secret`);
    });
  },
  43: (reader) => readList(reader, 1, () => reader.uint16('offered', named(VERSIONS))),
  45: (reader) => readList(reader, 1, () => reader.uint8('mode', named({ 0: 'psk_ke', 1: 'psk_dhe_ke' }))),
  51: (reader) => readList(reader, 2, () => readShare(reader)),
};

/** What it holds in a server's. */
const CHOSEN: Record<number, (reader: Reader) => void> = {
  16: readProtocols,
  41: (reader) => reader.uint16('ticket', (index) => `number ${index} is resumed`),
  43: (reader) => reader.uint16('chosen', named(VERSIONS)),
  51: (reader) => readShare(reader),
};

function readProtocols(reader: Reader): void {
  readList(reader, 2, () => {
    const end = readLength(reader, 1);
    reader.raw(end - reader.at, 'protocol', textOf);
  });
}

function readShare(reader: Reader): void {
  reader.uint16('group', named(GROUPS));
  const end = readLength(reader, 2);
  if (reader.at < end) reader.raw(end - reader.at, 'public key', short);
}

/** A list behind its length of `size` bytes; `read` reads one after another. */
function readList(reader: Reader, size: number, read: () => void): void {
  const end = readLength(reader, size);
  while (reader.at < end) read();
}

/** Reads a length of `size` bytes; returns where its content ends. */
function readLength(reader: Reader, size: number, name = ''): number {
  const { bytes } = reader;
  const number = (at: number) => bytes.subarray(at, at + size).reduce((sum, byte) => sum * 256 + byte, 0);
  const length = reader.take(size, name ? `length of ${name}` : 'length', number, (value) => `${value} bytes follow`);
  if (reader.at + length > bytes.length) throw new DnsFormatError('what follows is cut off');
  return reader.at + length;
}

/** The first of many bytes. */
function short(bytes: Uint8Array): string {
  return bytes.length <= 8 ? hexOf(bytes) : `${hexOf(bytes.subarray(0, 8))}… (${bytes.length} bytes)`;
}
