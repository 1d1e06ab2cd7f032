import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { trace } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { seededRandom } from '../../otel/testing.ts';
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
  ['a letter without one', Buffer.from('G'), 'no PROXY signature'],
  ['version 1', Buffer.from('PROXY TCP4 '), 'no PROXY signature'],
  ['version 3', changed(12, 0x31), 'version 3'],
  ['an unknown command', changed(12, 0x22), 'unknown command'],
  ['an unknown family', changed(13, 0x41), 'unknown family'],
  ['datagrams', changed(13, 0x12), 'datagrams'],
  ['a length beyond reason', changed(14, 0xff, 0xff), 'more than 4096'],
  ['cut addresses', changed(14, 0, 11), 'addresses are cut'],
  ['a field that is too long', changed(29, 0xff), 'longer than the header'],
  ['a cut field', changed(14, 0, 14), 'a field is cut'],
])('refuses %s', (_, wrong, reason) => {
  expect(() => parseProxyHeader(wrong)).toThrow(reason);
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

test('the letter behind the header stays in the socket, however the bytes arrive', async () => {
  const whole = await received((socket) => socket.end(Buffer.concat([bytes, Buffer.from('the letter')])));
  expect(whole).toEqual({ header, rest: 'the letter' });
  const inPieces = await received((socket) => {
    socket.setNoDelay();
    for (const byte of bytes) socket.write(Buffer.from([byte]));
    socket.end('the letter');
  });
  expect(inPieces).toEqual(whole);
});

test.each([
  ['no header', (socket: Socket) => socket.write('GET / HTTP/1.1\r\n'), 'no PROXY signature'],
  ['silence', () => {}, 'no whole header in time'],
  ['an early end', (socket: Socket) => socket.end(bytes.subarray(0, 20)), 'went before'],
])('%s is an error', async (_, send, reason) => {
  await expect(received(send, 50)).rejects.toThrow(reason);
});
