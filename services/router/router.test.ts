import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  encodeProxyHeader,
  hopsField,
  hopsOf,
  type ProxyHeader,
  traceField,
} from '../../runtime/net/proxy-protocol.ts';
import { receiveProxyHeader } from '../../runtime/net/proxy-socket.ts';
import { recordSpans, seededRandom } from '../../tests/support/otel.ts';
import { createRouter } from './router.ts';
import { parseRouters } from './routes.ts';

const recorded = recordSpans();
const spanContext = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
const addresses = { source: { host: '127.0.0.1', port: 4711 }, destination: { host: '203.0.113.10', port: 80 } };

const TABLE = `
router corner 192.0.2.1:1
router north 192.0.2.2:1
router south 192.0.2.3:1
router harbour 192.0.2.4:1
corner 203.0.113.0/24 via north cost 2 delay 0ms
corner 203.0.113.0/24 via south cost 2 delay 0ms
corner 203.0.113.30/32 via corner cost 1 delay 0ms
north 203.0.113.0/24 via harbour cost 1 delay 0ms
south 203.0.113.0/24 via harbour cost 1 delay 0ms
harbour 203.0.113.0/24 deliver 8181 cost 0 delay 0ms`;

let ports: Record<string, number>;
let servers: Record<string, Server>;
let links: { delay: number };
let delivered: { header: ProxyHeader; socket: Socket }[];

beforeEach(async () => {
  recorded.clear();
  delivered = [];
  links = { delay: 0 };
  ports = {};
  servers = {};
  const routers = parseRouters(TABLE, 'table');
  const options: Parameters<typeof createRouter>[1] = {
    routers,
    addresses: {
      locate: (host, port) => {
        const known = ports[`${host}:${port}`];
        return known === undefined ? undefined : { host: '127.0.0.1', port: known };
      },
      has: () => true,
    },
    headerTimeout: 10_000,
    connectTimeout: 500,
    idle: 5000,
    holdDown: 60_000,
    connections: 10,
  };
  for (const [name, router] of routers) {
    servers[name] = createRouter(router, options, links);
    ports[`${router.address.host}:1`] = await listening(servers[name]);
  }
  servers.destination = createServer({ allowHalfOpen: true }, async (socket) => {
    delivered.push({ header: await receiveProxyHeader(socket, { timeout: 10_000 }), socket });
    servers.destination?.emit('delivered');
    socket.on('error', () => {});
    if (delivered.at(-1)?.header.addresses?.source.port !== 1) socket.pipe(socket);
  });
  ports['203.0.113.10:8181'] = await listening(servers.destination);
  ports['203.0.113.10:80'] = ports['203.0.113.10:8181'] as number;
});

afterEach(() => {
  for (const server of Object.values(servers)) server.close();
});

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function connectToCorner(header: Partial<ProxyHeader> = {}): Socket {
  const socket = connect({ port: ports['192.0.2.1:1'] as number, host: '127.0.0.1', allowHalfOpen: true });
  socket.write(encodeProxyHeader({ addresses, fields: [traceField(spanContext), hopsField(8)], ...header }));
  return socket;
}

/** Sends bytes that are echoed, and returns what came back. */
async function echo(bytes: string | Buffer, header?: Partial<ProxyHeader>): Promise<Buffer> {
  const socket = connectToCorner(header);
  socket.end(bytes);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const passed = () =>
  recorded
    .named('forward')
    .map(({ attributes }) => [attributes['service.instance.id'], attributes['waybill.router.next_hop']]);

test('a connection passes three routers; each leaves a span below that of the client', async () => {
  expect((await echo('request')).toString()).toBe('request');
  expect(passed()).toEqual([
    ['corner', 'north'],
    ['north', 'harbour'],
    ['harbour', 'destination'],
  ]);
  expect(recorded.all().map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual(
    Array(3).fill(spanContext.spanId),
  );
});

test('the header arrives with the addresses and the context unchanged, and three hops less', async () => {
  await echo('request');
  const [{ header }] = delivered as [(typeof delivered)[0]];
  expect(header.addresses).toEqual(addresses);
  expect(header.fields).toContainEqual(traceField(spanContext));
  expect(hopsOf(header)).toBe(5);
});

test('equal-cost routes are used in rotation', async () => {
  for (let count = 0; count < 3; count++) await echo('request');
  expect(passed().flatMap(([router, next]) => (router === 'corner' ? [next] : []))).toEqual([
    'north',
    'south',
    'north',
  ]);
});

test('a router that is down is avoided, and not tried again during hold-down', async () => {
  servers.north?.close();
  for (let count = 0; count < 2; count++) expect((await echo('request')).toString()).toBe('request');
  const [first, second] = recorded
    .named('forward')
    .filter(({ attributes }) => attributes['service.instance.id'] === 'corner');
  expect(first?.events.map(({ attributes }) => [attributes?.next_hop, attributes?.outcome])).toEqual([
    ['north', 'ECONNREFUSED'],
    ['south', 'open'],
  ]);
  expect(second?.events).toHaveLength(1);
  expect(second?.attributes['waybill.router.why']).toBe('north is down');
});

test('without a next hop the error names the router, and the client gets a reset', async () => {
  servers.harbour?.close();
  await expect(echo('request')).rejects.toMatchObject({ code: 'ECONNRESET' });
  const failed = recorded.named('forward').find(({ attributes }) => attributes['error.type'] === 'no_next_hop');
  expect(failed?.status.message).toContain('Router north: No next hop accepts a connection (harbour)');
});

test('a connection in a routing loop ends at its hop limit', async () => {
  const looping = { ...addresses, destination: { host: '203.0.113.30', port: 80 } };
  await expect(echo('request', { addresses: looping })).rejects.toMatchObject({ code: 'ECONNRESET' });
  const left = recorded.named('forward').map(({ attributes }) => attributes['waybill.router.hops_left']);
  expect(left.toSorted()).toEqual([0, 0, 1, 2, 3, 4, 5, 6, 7]);
  expect(recorded.all().filter(({ attributes }) => attributes['error.type'] === 'hops_exceeded')).toHaveLength(1);
});

test('an address without a route is refused', async () => {
  const elsewhere = { ...addresses, destination: { host: '198.51.100.99', port: 80 } };
  await expect(echo('request', { addresses: elsewhere })).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(recorded.named('forward')[0]?.attributes['error.type']).toBe('no_route');
});

test('a port without a listener is refused, and its host is not marked down', async () => {
  const elsewhere = { ...addresses, destination: { host: '203.0.113.10', port: 81 } };
  await expect(echo('request', { addresses: elsewhere })).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(recorded.named('forward').at(-1)?.attributes['error.type']).toBe('no_listener');
  recorded.clear();
  expect((await echo('request')).toString()).toBe('request');
  const harbour = recorded.named('forward').find(({ attributes }) => attributes['service.instance.id'] === 'harbour');
  expect(harbour?.attributes['waybill.router.why']).toBe('the only route');
});

test('a connection without a header is closed, and leaves no span', async () => {
  const socket = connect(ports['192.0.2.1:1'] as number, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\n\r\n');
  await expect(once(socket, 'close')).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(recorded.all()).toEqual([]);
});

test('damaged streams are closed, and later connections are forwarded', async () => {
  const random = seededRandom(1);
  const header = encodeProxyHeader({ addresses, fields: [traceField(spanContext), hopsField(8)] });
  const send = async () => {
    const damaged = Buffer.from(header.subarray(0, 1 + random(header.length)));
    for (let change = random(4); change >= 0; change--) damaged[random(damaged.length)] = random(256);
    const socket = connect(ports['192.0.2.1:1'] as number, '127.0.0.1').on('error', () => {});
    socket.resume().end(damaged);
    await new Promise((resolve) => socket.once('close', resolve));
  };
  for (let round = 0; round < 100; round++) await Promise.all([send(), send(), send(), send(), send()]);
  expect((await echo('request')).toString()).toBe('request');
});

test('clients that reset the connection before it is forwarded do no harm', async () => {
  const resets = Array.from({ length: 50 }, async () => {
    const socket = connectToCorner();
    await once(socket, 'connect');
    socket.resetAndDestroy();
  });
  await Promise.all(resets);
  expect((await echo('request')).toString()).toBe('request');
});

test('ten megabytes are relayed whole', async () => {
  const body = Buffer.alloc(10 * 1024 * 1024, 'requests');
  expect((await echo(body)).equals(body)).toBe(true);
});

test('long links relay all bytes and ends, and their spans say how long they are', async () => {
  links.delay = 3;
  const body = Buffer.alloc(5 * 1024 * 1024, 'requests');
  expect((await echo(body)).equals(body)).toBe(true);
  expect(recorded.named('forward').map(({ attributes }) => attributes['waybill.router.link_delay'])).toEqual([3, 3, 3]);
});

test('a side that has ended can still read', async () => {
  const socket = connectToCorner({ addresses: { ...addresses, source: { host: '127.0.0.1', port: 1 } } });
  socket.end('question');
  await once(servers.destination as Server, 'delivered');
  const { socket: server } = delivered[0] as (typeof delivered)[0];
  server.resume();
  await once(server, 'end');
  server.end('response after the end');
  const [response] = await once(socket, 'data');
  expect(String(response)).toBe('response after the end');
});

test('a reset by the server is a reset for the client', async () => {
  const socket = connectToCorner({ addresses: { ...addresses, source: { host: '127.0.0.1', port: 1 } } });
  await once(servers.destination as Server, 'delivered');
  delivered[0]?.socket.resetAndDestroy();
  await expect(once(socket, 'close')).rejects.toMatchObject({ code: 'ECONNRESET' });
});
