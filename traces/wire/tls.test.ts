import { Duplex } from 'node:stream';
import { type ConnectionOptions, connect } from 'node:tls';
import { beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../tests/support/otel.ts';
import { tlsFields } from './tls.ts';

/** A server's hello as RFC 8448, 3 has it. */
const SERVER_HELLO = Buffer.from(
  '160303005a020000560303a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e2692800' +
    '130100002e00330024001d0020c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f002b00020304',
  'hex',
);

/** The hello that Node sends. */
function helloOf(options: ConnectionOptions): Promise<Buffer> {
  return new Promise((resolve) => {
    const write = (chunk: Buffer, _: string, done: () => void) => {
      resolve(chunk);
      done();
    };
    const wire = new Duplex({ read() {}, write });
    connect({ socket: wire as never, servername: 'tatis.test', ...options }).on('error', () => {});
  });
}

const fieldsIn = (records: Buffer) => tlsFields(records).map(({ part, name, value }) => `${part} ${name}: ${value}`);

/** Ranges that lie side by side, from the first byte to the last. */
function tiles(records: Buffer): boolean {
  const fields = tlsFields(records);
  const ends = fields.map(({ end }) => end);
  return (
    fields.every(({ start, end }, index) => start === (ends[index - 1] ?? 0) && end > start) &&
    (ends.at(-1) ?? 0) === records.length
  );
}

let hello: Buffer;
beforeAll(async () => {
  hello = await helloOf({
    ALPNProtocols: ['http/1.1'],
    ciphers: 'TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256',
  });
});

test('decodes what a client offers', () => {
  expect(fieldsIn(hello)).toEqual(
    expect.arrayContaining([
      'record type: handshake',
      'message type: client hello',
      'client hello cipher: TLS_AES_128_GCM_SHA256',
      'client hello cipher: TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
      'extension type: server_name',
      'server_name name: tatis.test: readable by everyone on the path',
      'ALPN protocol: http/1.1',
      'supported_versions offered: TLS 1.3',
      'supported_versions offered: TLS 1.2',
      'supported_groups group: x25519',
      'key_share group: x25519',
    ]),
  );
  expect(fieldsIn(hello).filter((line) => /not readable|data|behind/.test(line))).toEqual([
    'renegotiation_info data: 00',
    'ec_point_formats data: 03000102',
  ]);
});

test("decodes every field of RFC 8448's server hello", () => {
  expect(fieldsIn(SERVER_HELLO)).toEqual([
    'record type: handshake',
    'record version: TLS 1.2: legacy, for servers and middleboxes that reject newer ones',
    'record length: 90 bytes follow',
    'message type: server hello',
    'message length: 86 bytes follow',
    'server hello version: TLS 1.2; a newer one stands in supported_versions',
    'server hello random: a6af06a4…',
    'server hello length of session: 0 bytes follow',
    'server hello cipher: TLS_AES_128_GCM_SHA256 was chosen',
    'server hello compression: none',
    'server hello length of extensions: 46 bytes follow',
    'extension type: key_share',
    'extension length: 36 bytes follow',
    'key_share group: x25519',
    'key_share length: 32 bytes follow',
    'key_share public key: c9828876112095fe… (32 bytes)',
    'extension type: supported_versions',
    'extension length: 2 bytes follow',
    'supported_versions chosen: TLS 1.3',
  ]);
});

test('decodes the alert sent instead of a hello', () => {
  expect(fieldsIn(Buffer.from('15030100020246', 'hex')).slice(-2)).toEqual([
    'alert level: fatal',
    'alert description: protocol_version: none that both speak',
  ]);
});

test('the ranges of a hello cut anywhere lie side by side', () => {
  for (let length = 1; length <= hello.length; length++) expect(tiles(hello.subarray(0, length))).toBe(true);
});

test('so do those of 20,000 hellos with changed bytes', () => {
  const random = seededRandom(1);
  for (let round = 0; round < 20_000; round++) {
    const changed = Buffer.from(round % 2 === 0 ? SERVER_HELLO : hello);
    for (let change = random(4); change >= 0; change--) changed[random(changed.length)] = random(256);
    if (!tiles(changed)) throw new Error(`not side by side: ${changed.toString('hex')}`);
  }
});
