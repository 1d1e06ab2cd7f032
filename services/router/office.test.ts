import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordSpans, seededRandom } from '../../otel/testing.ts';
import {
  encodeProxyHeader,
  hopsField,
  hopsOf,
  type ProxyHeader,
  traceField,
} from '../../runtime/net/proxy-protocol.ts';
import { receiveProxyHeader } from '../../runtime/net/proxy-socket.ts';
import { createOffice, type OfficeOptions } from './office.ts';
import { parseOffices } from './routes.ts';

const recorded = recordSpans();
const spanContext = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
const addresses = { source: { host: '127.0.0.1', port: 4711 }, destination: { host: '203.0.113.10', port: 80 } };

const TABLE = `
office corner 192.0.2.1:1
office north 192.0.2.2:1
office south 192.0.2.3:1
office harbour 192.0.2.4:1
corner 203.0.113.0/24 via north cost 2 delay 0ms
corner 203.0.113.0/24 via south cost 2 delay 0ms
corner 203.0.113.30/32 via corner cost 1 delay 0ms
north 203.0.113.0/24 via harbour cost 1 delay 0ms
south 203.0.113.0/24 via harbour cost 1 delay 0ms
harbour 203.0.113.0/24 deliver 8181 cost 0 delay 0ms`;

let places: Record<string, number>;
let servers: Record<string, Server>;
let delivered: { header: ProxyHeader; socket: Socket }[];

beforeEach(async () => {
  recorded.clear();
  delivered = [];
  places = {};
  servers = {};
  const offices = parseOffices(TABLE, 'table');
  const options: OfficeOptions = {
    offices,
    addresses: {
      locate: (host, port) => {
        const place = places[`${host}:${port}`];
        return place === undefined ? undefined : { host: '127.0.0.1', port: place };
      },
      has: () => true,
    },
    headerTimeout: 200,
    connectTimeout: 500,
    idle: 5000,
    holdDown: 60_000,
    connections: 10,
  };
  for (const [name, office] of offices) {
    servers[name] = createOffice(office, options);
    places[`${office.address.host}:1`] = await listening(servers[name]);
  }
  servers.mailbox = createServer({ allowHalfOpen: true }, async (socket) => {
    delivered.push({ header: await receiveProxyHeader(socket, { timeout: 200 }), socket });
    servers.mailbox?.emit('delivered');
    socket.on('error', () => {});
    if (delivered.at(-1)?.header.addresses?.source.port !== 1) socket.pipe(socket);
  });
  places['203.0.113.10:8181'] = await listening(servers.mailbox);
  places['203.0.113.10:80'] = places['203.0.113.10:8181'] as number;
});

afterEach(() => {
  for (const server of Object.values(servers)) server.close();
});

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function post(header: Partial<ProxyHeader> = {}): Socket {
  const socket = connect({ port: places['192.0.2.1:1'] as number, host: '127.0.0.1', allowHalfOpen: true });
  socket.write(encodeProxyHeader({ addresses, fields: [traceField(spanContext), hopsField(8)], ...header }));
  return socket;
}

/** Sends a letter that is echoed, and gives what came back. */
async function echo(letter: string | Buffer, header?: Partial<ProxyHeader>): Promise<Buffer> {
  const socket = post(header);
  socket.end(letter);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const ways = () =>
  recorded
    .named('forward')
    .map(({ attributes }) => [attributes['service.instance.id'], attributes['waybill.router.next_hop']]);

test('a letter and its answer pass three offices; each leaves a span below the sender', async () => {
  expect((await echo('a letter')).toString()).toBe('a letter');
  expect(ways()).toEqual([
    ['corner', 'north'],
    ['north', 'harbour'],
    ['harbour', 'mailbox'],
  ]);
  expect(recorded.all().map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual(
    Array(3).fill(spanContext.spanId),
  );
});

test('the header arrives with the addresses and the context unchanged, and three hops less', async () => {
  await echo('a letter');
  const [{ header }] = delivered as [(typeof delivered)[0]];
  expect(header.addresses).toEqual(addresses);
  expect(header.fields).toContainEqual(traceField(spanContext));
  expect(hopsOf(header)).toBe(5);
});

test('letters to the same place take turns among equal ways', async () => {
  for (let letter = 0; letter < 3; letter++) await echo('a letter');
  expect(ways().flatMap(([office, next]) => (office === 'corner' ? [next] : []))).toEqual(['north', 'south', 'north']);
});

test('a closed office is gone around, and for a while not tried again', async () => {
  servers.north?.close();
  for (let letter = 0; letter < 2; letter++) expect((await echo('a letter')).toString()).toBe('a letter');
  const [first, second] = recorded
    .named('forward')
    .filter(({ attributes }) => attributes['service.instance.id'] === 'corner');
  expect(first?.events.map(({ attributes }) => [attributes?.next_hop, attributes?.outcome])).toEqual([
    ['north', 'ECONNREFUSED'],
    ['south', 'open'],
  ]);
  expect(second?.events).toHaveLength(1);
  expect(second?.attributes['waybill.router.why']).toBe('gone around north');
});

test('no way left is an error that names the office, and the sender sees a reset', async () => {
  servers.harbour?.close();
  await expect(echo('a letter')).rejects.toMatchObject({ code: 'ECONNRESET' });
  const failed = recorded.named('forward').find(({ attributes }) => attributes['error.type'] === 'no_way');
  expect(failed?.status.message).toContain('The post office north: All ways onward are closed (harbour)');
});

test('a letter that goes in circles ends when its hops are used up', async () => {
  const circling = { ...addresses, destination: { host: '203.0.113.30', port: 80 } };
  await expect(echo('a letter', { addresses: circling })).rejects.toMatchObject({ code: 'ECONNRESET' });
  const left = recorded.named('forward').map(({ attributes }) => attributes['waybill.router.hops_left']);
  expect(left.toSorted()).toEqual([0, 0, 1, 2, 3, 4, 5, 6, 7]);
  expect(recorded.all().filter(({ attributes }) => attributes['error.type'] === 'hops_exceeded')).toHaveLength(1);
});

test('a letter to nowhere is refused', async () => {
  const elsewhere = { ...addresses, destination: { host: '198.51.100.99', port: 80 } };
  await expect(echo('a letter', { addresses: elsewhere })).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(recorded.named('forward')[0]?.attributes['error.type']).toBe('no_route');
});

test('a letter to a port where nobody lives is refused, and the mailbox is not taken for closed', async () => {
  const elsewhere = { ...addresses, destination: { host: '203.0.113.10', port: 81 } };
  await expect(echo('a letter', { addresses: elsewhere })).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(recorded.named('forward').at(-1)?.attributes['error.type']).toBe('no_mailbox');
  recorded.clear();
  expect((await echo('a letter')).toString()).toBe('a letter');
  const harbour = recorded.named('forward').find(({ attributes }) => attributes['service.instance.id'] === 'harbour');
  expect(harbour?.attributes['waybill.router.why']).toBe('the only way');
});

test('a connection without a header is closed, and leaves no span', async () => {
  const socket = connect(places['192.0.2.1:1'] as number, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\n\r\n');
  await expect(once(socket, 'close')).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(recorded.all()).toEqual([]);
});

test('damaged streams are closed, and letters still pass', async () => {
  const random = seededRandom(1);
  const header = encodeProxyHeader({ addresses, fields: [traceField(spanContext), hopsField(8)] });
  const send = async () => {
    const damaged = Buffer.from(header.subarray(0, 1 + random(header.length)));
    for (let change = random(4); change >= 0; change--) damaged[random(damaged.length)] = random(256);
    const socket = connect(places['192.0.2.1:1'] as number, '127.0.0.1').on('error', () => {});
    socket.resume().end(damaged);
    await new Promise((resolve) => socket.once('close', resolve));
  };
  for (let round = 0; round < 100; round++) await Promise.all([send(), send(), send(), send(), send()]);
  expect((await echo('a letter')).toString()).toBe('a letter');
});

test('senders who break off while a way is sought do no harm', async () => {
  const gone = Array.from({ length: 50 }, async () => {
    const socket = post();
    await once(socket, 'connect');
    socket.resetAndDestroy();
  });
  await Promise.all(gone);
  expect((await echo('a letter')).toString()).toBe('a letter');
});

test('ten megabytes come through whole, though the reader takes its time', async () => {
  const letter = Buffer.alloc(10 * 1024 * 1024, 'letters');
  expect((await echo(letter)).equals(letter)).toBe(true);
});

test('a side that has ended can still read', async () => {
  const socket = post({ addresses: { ...addresses, source: { host: '127.0.0.1', port: 1 } } });
  socket.end('question');
  await once(servers.mailbox as Server, 'delivered');
  const { socket: mailbox } = delivered[0] as (typeof delivered)[0];
  mailbox.resume();
  await once(mailbox, 'end');
  mailbox.end('answer after the end');
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toBe('answer after the end');
});

test('a reset behind the offices is a reset before them', async () => {
  const socket = post({ addresses: { ...addresses, source: { host: '127.0.0.1', port: 1 } } });
  await once(servers.mailbox as Server, 'delivered');
  delivered[0]?.socket.resetAndDestroy();
  await expect(once(socket, 'close')).rejects.toMatchObject({ code: 'ECONNRESET' });
});
