// One post office. What happens to a connection:
//
//   header read → may it go on? (hops) → ways onward, best first → road (delay) → connected → header sent on → bytes relayed
//   └──────────────── the span `forward` ────────────────────────────────────┘
//
// It is a relay for whole connections: a real router decides for each packet anew, and keeps nothing in mind of any.

import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { metrics } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import { router } from '../../otel/contract/index.ts';
import * as names from '../../otel/contract/names.ts';
import { SCOPE, type SpanOf } from '../../otel/contract/spec.ts';
import { note } from '../../otel/event.ts';
import { inSpan } from '../../otel/span.ts';
import { log } from '../../runtime/log.ts';
import type { Endpoint } from '../../runtime/net/endpoint.ts';
import {
  contextOf,
  encodeProxyHeader,
  hopsField,
  hopsOf,
  type ProxyHeader,
  TYPE_HOPS,
} from '../../runtime/net/proxy-protocol.ts';
import { receiveProxyHeader } from '../../runtime/net/proxy-socket.ts';
import type { AddressMap } from '../addresses/map.ts';
import { Choice, type NextHop, nameOf } from './choice.ts';
import { FAILURES, ForwardFailure } from './errors.ts';
import { relay } from './relay.ts';
import type { Office } from './routes.ts';

/** How many offices a letter may pass when its header does not say. */
const MOST_HOPS = 16;

export type OfficeOptions = {
  offices: ReadonlyMap<string, Office>;
  addresses: AddressMap;
  /** In ms: for the header, for the next hop to open, without a byte, and how long a closed way is passed over. */
  headerTimeout: number;
  connectTimeout: number;
  idle: number;
  holdDown: number;
  /** Connections open at once; more are closed at once. */
  connections: number;
};

type Inbound = { socket: Socket; header: ProxyHeader; destination: Endpoint; hopsLeft: number };

const meter = metrics.getMeter(SCOPE);
const bytes = meter.createCounter('waybill.router.bytes', { unit: 'By', description: 'bytes passed on' });
const connections = meter.createCounter('waybill.router.connections', {
  description: 'connections, by how they closed',
});

/** Makes the server of one office; not yet listening. */
export function createOffice(office: Office, options: OfficeOptions): Server {
  // Known label values start at 0: of a series that first appears at 1, rate() never sees an increase.
  for (const direction of ['forth', 'back']) bytes.add(0, { office: office.name, direction });
  for (const closing of ['ended', 'reset', 'idle', ...Object.keys(FAILURES)])
    connections.add(0, { office: office.name, closing });
  const choice = new Choice(office, options);
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    void serve(socket, office, choice, options);
  });
  server.maxConnections = options.connections;
  return server;
}

async function serve(socket: Socket, office: Office, choice: Choice, options: OfficeOptions): Promise<void> {
  socket.on('error', () => {}); // a sender may break off at any time; what follows sees that it is closed
  try {
    const header = await receiveProxyHeader(socket, { timeout: options.headerTimeout });
    const next = await forward(socket, header, { office, choice, options });
    const { forth, back, closing } = await relay(socket, next, options);
    log.info({ office: office.name, forth, back, closing }, 'connection closed');
    bytes.add(forth, { office: office.name, direction: 'forth' });
    bytes.add(back, { office: office.name, direction: 'back' });
    connections.add(1, { office: office.name, closing });
  } catch (error) {
    socket.resetAndDestroy();
    const { code = 'internal', message } = error as { code?: string; message: string };
    log.warn({ office: office.name, code }, message);
    connections.add(1, { office: office.name, closing: code });
  }
}

type Here = { office: Office; choice: Choice; options: OfficeOptions };

/** Opens the way onward, and sends the header on; the letter's bytes wait in `socket`. */
function forward(socket: Socket, header: ProxyHeader, here: Here): Promise<Socket> {
  const { office, choice } = here;
  const destination = header.addresses?.destination ?? { host: '0.0.0.0', port: 0 };
  const hopsLeft = (hopsOf(header) ?? MOST_HOPS) - 1;
  const attributes = {
    [semconv.ATTR_SERVICE_INSTANCE_ID]: office.name,
    [semconv.ATTR_SERVER_ADDRESS]: destination.host,
    [semconv.ATTR_SERVER_PORT]: destination.port,
    [names.ATTR_ROUTER_HOPS_LEFT]: Math.max(0, hopsLeft),
  };
  return inSpan(router.forward, { parent: contextOf(header), attributes }, async (span) => {
    if (hopsLeft < 0) throw new ForwardFailure('hops_exceeded', office.name);
    const ways = choice.nextHopsTo(destination.host);
    if (ways.length === 0) throw new ForwardFailure('no_route', office.name, destination.host);
    for (const way of ways) {
      const next = await tryNextHop(way, { socket, header, destination, hopsLeft }, span, here);
      if (next !== undefined) return next;
    }
    throw new ForwardFailure('no_way', office.name, ways.map(({ route }) => nameOf(route)).join(', '));
  });
}

/** The port at which what is for `asked` is delivered: TLS at another one. */
function portFor(asked: number, { port, other }: { port: number; other?: { for: number; port: number } }): number {
  return other?.for === asked ? other.port : port;
}

/** Tries one way: the connection to the next hop with the header sent, or undefined when nobody opens there. */
async function tryNextHop(
  { route, why }: NextHop,
  inbound: Inbound,
  span: SpanOf<typeof router.forward>,
  here: Here,
): Promise<Socket | undefined> {
  const { options, choice, office } = here;
  const next = nameOf(route);
  const { host, port } = inbound.destination;
  if ('port' in route.next && locate(inbound.destination, options.addresses) === undefined) {
    throw new ForwardFailure('no_mailbox', office.name, `${host}:${port}`);
  }
  const place =
    'office' in route.next
      ? locate(options.offices.get(route.next.office)?.address, options.addresses)
      : options.addresses.locate(host, portFor(port, route.next));
  const tried = { next_hop: next, cost: route.cost, why };
  try {
    if (route.delay > 0) await delay(route.delay);
    if (inbound.socket.destroyed) throw new ForwardFailure('sender_gone', office.name);
    if (place === undefined) throw Object.assign(new Error('not on the map'), { code: 'EHOSTUNREACH' });
    const socket = await open(place, options.connectTimeout);
    if (inbound.socket.destroyed) {
      socket.destroy();
      throw new ForwardFailure('sender_gone', office.name);
    }
    socket.write(encodeProxyHeader(withHops(inbound.header, inbound.hopsLeft)));
    note(span, 'way tried', { ...tried, outcome: 'open' });
    span.setAttributes({
      [names.ATTR_ROUTER_NEXT_HOP]: next,
      [names.ATTR_ROUTER_WHY]: why,
      [names.ATTR_ROUTER_COST]: route.cost,
      [semconv.ATTR_NETWORK_PEER_ADDRESS]: place.host,
      [semconv.ATTR_NETWORK_PEER_PORT]: place.port,
    });
    return socket;
  } catch (error) {
    if (error instanceof ForwardFailure) throw error;
    note(span, 'way tried', { ...tried, outcome: (error as NodeJS.ErrnoException).code ?? 'failed' });
    choice.foundClosed(route);
    return undefined;
  }
}

function locate(address: Endpoint | undefined, addresses: AddressMap): Endpoint | undefined {
  return address && addresses.locate(address.host, address.port);
}

function open({ host, port }: Endpoint, timeout: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, allowHalfOpen: true });
    const timer = setTimeout(() => socket.destroy(Object.assign(new Error('timeout'), { code: 'timeout' })), timeout);
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
  });
}

/** The same header, with one office less to come. */
function withHops(header: ProxyHeader, hops: number): ProxyHeader {
  return { ...header, fields: [...header.fields.filter(({ type }) => type !== TYPE_HOPS), hopsField(hops)] };
}
