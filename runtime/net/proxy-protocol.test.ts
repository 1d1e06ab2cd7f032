import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { trace } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { seededRandom } from '../../tests/support/otel.ts';
import {
  contextOf,
  encodeProxyHeader,
  hopsField,
  hopsOf,
  type ProxyHeader,
  ProxyHeaderError,
  parseProxyHeader,
  traceField,
} from './proxy-protocol.ts';
import { receiveProxyHeader } from './proxy-socket.ts';

const spanContext = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
const header: ProxyHeader = {
  addresses: { source: { host: '192.0.2.7', port: 4711 }, destination: { host: '203.0.113.10', port: 80 } },
  fields: [traceField(spanContext), hopsField(8)],
};
const bytes = encodeProxyHeader(header);

test('writes the bytes that the specification says', () => {
  expect(bytes.subarray(0, 28).toString('hex')).toBe(
    `0d0a0d0a000d0a515549540a${'21'}${'11'}${'002e'}${'c0000207'}${'cb00710a'}${'1267'}${'0050'}`,
  );
  expect(bytes.subarray(28).toString('hex')).toBe(
    'e0001b00000af7651916cd43dd8448eb211c80319cb7ad6b716920333101e1000108',
  );
});

test.each<[string, ProxyHeader]>([
  ['IPv4', header],
  [
    'IPv6',
    {
      addresses: { source: { host: '2001:db8::1', port: 1 }, destination: { host: '::1', port: 65535 } },
      fields: [],
    },
  ],
  [
    'IPv4 beside IPv6, and what only looks like it',
    {
      addresses: { source: { host: '192.0.2.7', port: 1 }, destination: { host: '::192.0.2.7', port: 2 } },
      fields: [],
    },
  ],
  ['no addresses', { addresses: null, fields: [] }],
  ['a field that is not known', { ...header, fields: [{ type: 0xef, value: Buffer.from('kept') }] }],
])('reads back what it wrote: %s', (_, written) => {
  const encoded = encodeProxyHeader(written);
  expect(parseProxyHeader(Buffer.concat([encoded, Buffer.from('GET /')]))).toEqual({
    header: written,
    length: encoded.length,
  });
});

test('carries the context and the hops', () => {
  expect(trace.getSpanContext(contextOf(header))).toEqual({ ...spanContext, isRemote: true });
  expect(hopsOf(header)).toBe(8);
});

test('a header that is not whole yet is waited for', () => {
  for (let length = 0; length < bytes.length; length++)
    expect(parseProxyHeader(bytes.subarray(0, length))).toBeUndefined();
});

const changed = (at: number, ...values: number[]) => {
  const copy = Buffer.from(bytes);
  copy.set(values, at);
  return copy;
};

test.each([
  ['a request without one', Buffer.from('G'), 'no PROXY signature'],
  ['version 1', Buffer.from('PROXY TCP4 '), 'no PROXY signature'],
  ['version 3', changed(12, 0x31), 'version 3'],
  ['a length beyond reason', changed(14, 0xff, 0xff), 'more than 4096'],
  ['no addresses where there must be some', changed(14, 0, 0), 'truncated addresses'],
  ['cut addresses of IPv4', changed(14, 0, 11), 'truncated addresses'],
  ['cut addresses of IPv6', changed(13, 0x21, 0, 35), 'truncated addresses'],
])('refuses %s', (_, wrong, reason) => {
  expect(() => parseProxyHeader(wrong)).toThrow(reason);
});

const block = (command: number, family: number, body: Buffer) =>
  Buffer.concat([bytes.subarray(0, 12), Buffer.from([command, family, body.length >> 8, body.length & 0xff]), body]);
const v4 = bytes.subarray(16, 28);

/** Each was accepted by nginx 1.22 (`listen … proxy_protocol`), without an address. */
test.each([
  ['LOCAL', 0x20, 0x00, Buffer.alloc(0)],
  ['LOCAL with any bytes', 0x20, 0x00, Buffer.from('junk')],
  ['LOCAL with addresses', 0x20, 0x11, v4],
  ['LOCAL with cut addresses', 0x20, 0x11, v4.subarray(5)],
  ['LOCAL of a family that is none', 0x20, 0xff, Buffer.from('xyz')],
  ['UNSPEC', 0x21, 0x00, Buffer.alloc(0)],
  ['UNSPEC with any bytes', 0x21, 0x00, Buffer.from('junkjunkjunk')],
  ['UNSPEC over a stream', 0x21, 0x01, Buffer.from('ab')],
  ['IPv4 over an unspecified transport', 0x21, 0x10, v4.subarray(3)],
  ['datagrams', 0x21, 0x12, v4],
  ['a transport that is none', 0x21, 0x1f, v4],
  ['UNIX sockets', 0x21, 0x31, Buffer.from('abc')],
  ['a family that is none', 0x21, 0x41, v4],
  ['a command that is none', 0x22, 0x11, v4],
  ['4096 bytes in all', 0x20, 0x00, Buffer.alloc(4080)],
])('skips %s', (_, command, family, body) => {
  const skipped = block(command, family, body);
  expect(parseProxyHeader(Buffer.concat([skipped, Buffer.from('GET /')]))).toEqual({
    header: { addresses: null, fields: [] },
    length: 16 + body.length,
  });
});

const one = Buffer.from([0xee, 0, 1, 0x78]);
test.each([
  ['a cut field', Buffer.from([0xef, 0]), 0],
  ['a field that is longer than the header', Buffer.from([0xef, 0, 5, 1]), 0],
  ['a good field before a broken one', Buffer.concat([one, Buffer.from([0xef, 0xff, 0xff])]), 1],
])('takes the addresses beside %s', (_, fields, good) => {
  const parsed = parseProxyHeader(block(0x21, 0x11, Buffer.concat([v4, fields])));
  expect(parsed?.header.addresses).toEqual(header.addresses);
  expect(parsed?.header.fields).toEqual([{ type: 0xee, value: Buffer.from('x') }].slice(0, good));
});

test('100,000 damaged headers are read, waited for or refused, and nothing else', () => {
  const random = seededRandom(1);
  const outcomes = { read: 0, waited: 0, refused: 0 };
  for (let round = 0; round < 100_000; round++) {
    const damaged = Buffer.from(bytes.subarray(0, random(3) === 0 ? random(bytes.length) : bytes.length));
    for (let change = random(3); change > 0; change--) damaged[12 + random(damaged.length)] = random(256);
    try {
      const parsed = parseProxyHeader(damaged);
      if (parsed === undefined) outcomes.waited++;
      else if (parseProxyHeader(encodeProxyHeader(parsed.header)) === undefined) throw new Error('cannot be passed on');
      else outcomes.read++;
    } catch (error) {
      if (!(error instanceof ProxyHeaderError)) throw error;
      outcomes.refused++;
    }
  }
  for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(1000);
});

async function received(
  send: (socket: Socket) => void,
  timeout = 1000,
): Promise<{ header: ProxyHeader; rest: string }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as { port: number }).port, '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [Socket];
  try {
    send(client);
    const taken = await receiveProxyHeader(socket, { timeout });
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    return { header: taken, rest: Buffer.concat(chunks).toString() };
  } finally {
    client.destroy();
    socket.destroy();
    server.close();
  }
}

test('the request behind the header stays in the socket, however the bytes arrive', async () => {
  const whole = await received((socket) => socket.end(Buffer.concat([bytes, Buffer.from('the request')])));
  expect(whole).toEqual({ header, rest: 'the request' });
  const inPieces = await received((socket) => {
    socket.setNoDelay();
    for (const byte of bytes) socket.write(Buffer.from([byte]));
    socket.end('the request');
  });
  expect(inPieces).toEqual(whole);
});

test.each([
  ['no header', (socket: Socket) => socket.write('GET / HTTP/1.1\r\n'), 'no PROXY signature'],
  ['silence', () => {}, 'the header was not received in time'],
  ['an early end', (socket: Socket) => socket.end(bytes.subarray(0, 20)), 'before the header was complete'],
])('%s is an error', async (_, send, reason) => {
  await expect(received(send, 50)).rejects.toThrow(reason);
});
