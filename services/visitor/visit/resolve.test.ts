import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { decode, encode } from 'dns-packet';
import { expect, onTestFinished, test } from 'vitest';
import { lookUp } from './resolve.ts';

const spanContext = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
type Packet = NonNullable<Parameters<typeof encode>[0]>;
const TRUNCATED = 0x0200;

/** A resolver that passes each decoded query to `answer`, and sends the packet that it returns. */
async function startResolver(answer: (query: Packet) => Packet | null) {
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  socket.on('message', (message, { port, address }) => {
    const reply = answer(decode(message));
    if (reply) socket.send(encode(reply), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { host: '127.0.0.1', port: socket.address().port };
}

const reply = (query: Packet, changes: Packet = {}): Packet => ({
  type: 'response',
  id: query.id as number,
  questions: query.questions ?? [],
  answers: [{ type: 'A', name: 'tatis.test', ttl: 1, data: '203.0.113.10' }],
  ...changes,
});
const look = (resolver: { host: string; port: number }, timeout = 2000, name = 'tatis.test') =>
  lookUp(name, { resolver, timeout, spanContext });

test('returns the addresses of a name', async () => {
  const resolver = await startResolver((query) => reply(query));
  expect(await look(resolver)).toEqual({ code: 'NOERROR', addresses: ['203.0.113.10'] });
});

test('the query carries the trace context in EDNS0 option 65500', async () => {
  let option: unknown;
  const resolver = await startResolver((query) => {
    const [opt] = query.additionals as unknown as { options: { code: number; data: Buffer }[] }[];
    option = opt?.options.map(({ code, data }) => [code, data.toString('hex')]);
    return reply(query);
  });
  await look(resolver);
  expect(option).toEqual([[65500, '00000af7651916cd43dd8448eb211c80319cb7ad6b716920333101']]);
});

test('a name with a final dot is the same name', async () => {
  let queried: unknown;
  const resolver = await startResolver((query) => {
    queried = query.questions?.[0]?.name;
    return reply(query);
  });
  expect(await look(resolver, 2000, 'tatis.test.')).toEqual({ code: 'NOERROR', addresses: ['203.0.113.10'] });
  expect(queried).toBe('tatis.test');
});

test.each([
  ['a label of 64', `${'a'.repeat(64)}.test`],
  ['256 bytes', `${`${'a'.repeat(63)}.`.repeat(3)}${'b'.repeat(62)}`],
  ['an empty label', 'a..test'],
])('%s is an invalid name, and no query is sent', async (_, name) => {
  let queries = 0;
  const resolver = await startResolver(() => {
    queries++;
    return null;
  });
  expect(await look(resolver, 50, name)).toEqual({ code: 'invalid_name', addresses: [] });
  expect(queries).toBe(0);
});

test('FORMERR without the question section is the answer to a query that the resolver could not parse', async () => {
  const resolver = await startResolver((query) => ({ type: 'response', id: query.id as number, flags: 1 }));
  expect(await look(resolver)).toEqual({ code: 'FORMERR', addresses: [] });
});

test('NXDOMAIN for a name that does not exist', async () => {
  const resolver = await startResolver((query) => reply(query, { answers: [], flags: 3 }));
  expect(await look(resolver)).toEqual({ code: 'NXDOMAIN', addresses: [] });
});

test('NODATA for a name without an address', async () => {
  const resolver = await startResolver((query) => reply(query, { answers: [] }));
  expect(await look(resolver)).toEqual({ code: 'NODATA', addresses: [] });
});

test('a lost datagram is sent again', async () => {
  let queries = 0;
  const resolver = await startResolver((query) => (++queries === 1 ? null : reply(query)));
  expect(await look(resolver, 50)).toEqual({ code: 'NOERROR', addresses: ['203.0.113.10'] });
});

test('an answer with another id is ignored', async () => {
  const resolver = await startResolver((query) => reply(query, { id: ((query.id as number) + 1) % 0x10000 }));
  expect(await look(resolver, 50)).toEqual({ code: 'lookup_timeout', addresses: [] });
});

test('lookup_timeout when no answer comes', async () => {
  const resolver = await startResolver(() => null);
  expect(await look(resolver, 50)).toEqual({ code: 'lookup_timeout', addresses: [] });
});

test('a truncated answer is queried again over TCP', async () => {
  const resolver = await startResolver((query) => reply(query, { answers: [], flags: TRUNCATED }));
  const tcp = createServer((socket) => {
    socket.on('data', (query) => {
      const answer = encode(reply(decode((query as Buffer).subarray(2))));
      const length = Buffer.alloc(2);
      length.writeUInt16BE(answer.length);
      // in two segments, as TCP may deliver it
      socket.write(Buffer.concat([length, answer.subarray(0, 5)]), () => socket.end(answer.subarray(5)));
    });
  });
  onTestFinished(() => void tcp.close());
  tcp.listen(resolver.port, resolver.host);
  await once(tcp, 'listening');
  expect(await look(resolver)).toEqual({ code: 'NOERROR', addresses: ['203.0.113.10'] });
});
