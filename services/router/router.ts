// One router. What happens to a connection:
//
//   header read → hop limit checked → next hops, best first → link delay → connected → header sent → bytes relayed
//   └──────────────── the span `forward` ──────────────────────────────────┘
//
// It relays whole connections; a real router forwards each packet by itself and keeps no state of connections.

import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { metrics } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import * as names from '../../otel/contract/names.ts';
import { forward as forwardSpan } from '../../otel/contract/router.ts';
import { SCOPE, type SpanOf } from '../../otel/contract/spec.ts';
import { addSpanEvent } from '../../otel/event.ts';
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
import { FAILURES, ForwardFailure } from './errors.ts';
import { relay } from './relay.ts';
import type { Router } from './routes.ts';
import { hopName, type NextHop, RouteSelector } from './select-route.ts';

/** The hop limit of a connection whose header has none. */
const MAX_HOPS = 16;

export type RouterOptions = {
  routers: ReadonlyMap<string, Router>;
  addresses: AddressMap;
  /** In ms: until the header is read, until the next hop accepts, without a byte, and how long a next hop that failed is tried last. */
  headerTimeout: number;
  connectTimeout: number;
  idle: number;
  holdDown: number;
  /** The most connections at once; further ones are closed at once. */
  connections: number;
};

type Inbound = { socket: Socket; header: ProxyHeader; destination: Endpoint; hopsLeft: number };

const meter = metrics.getMeter(SCOPE);
const bytes = meter.createCounter('waybill.router.bytes', { unit: 'By', description: 'bytes relayed' });
const connections = meter.createCounter('waybill.router.connections', {
  description: 'connections, by how they closed',
});

/** Creates the server of one router; it does not listen yet. */
export function createRouter(router: Router, options: RouterOptions): Server {
  // Known label values start at 0: of a series that first appears at 1, rate() never sees an increase.
  for (const direction of ['forth', 'back']) bytes.add(0, { router: router.name, direction });
  for (const closing of ['ended', 'reset', 'idle', ...Object.keys(FAILURES)])
    connections.add(0, { router: router.name, closing });
  const selector = new RouteSelector(router, options);
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    void serve(socket, router, selector, options);
  });
  server.maxConnections = options.connections;
  return server;
}

async function serve(socket: Socket, router: Router, selector: RouteSelector, options: RouterOptions): Promise<void> {
  socket.on('error', () => {}); // a client may reset the connection at any time; what follows sees that it is closed
  try {
    const header = await receiveProxyHeader(socket, { timeout: options.headerTimeout });
    const next = await forward(socket, header, { router, selector, options });
    const { forth, back, closing } = await relay(socket, next, options);
    log.info({ router: router.name, forth, back, closing }, 'connection closed');
    bytes.add(forth, { router: router.name, direction: 'forth' });
    bytes.add(back, { router: router.name, direction: 'back' });
    connections.add(1, { router: router.name, closing });
  } catch (error) {
    socket.resetAndDestroy();
    const { code = 'internal', message } = error as { code?: string; message: string };
    log.warn({ router: router.name, code }, message);
    connections.add(1, { router: router.name, closing: code });
  }
}

type ForwardContext = { router: Router; selector: RouteSelector; options: RouterOptions };

/** Connects to the next hop and sends it the header; the request's bytes wait in `socket`. */
function forward(socket: Socket, header: ProxyHeader, context: ForwardContext): Promise<Socket> {
  const { router, selector } = context;
  const destination = header.addresses?.destination ?? { host: '0.0.0.0', port: 0 };
  const hopsLeft = (hopsOf(header) ?? MAX_HOPS) - 1;
  const attributes = {
    [semconv.ATTR_SERVICE_INSTANCE_ID]: router.name,
    [semconv.ATTR_SERVER_ADDRESS]: destination.host,
    [semconv.ATTR_SERVER_PORT]: destination.port,
    [names.ATTR_ROUTER_HOPS_LEFT]: Math.max(0, hopsLeft),
  };
  return inSpan(forwardSpan, { parent: contextOf(header), attributes }, async (span) => {
    if (hopsLeft < 0) throw new ForwardFailure('hops_exceeded', router.name);
    const hops = selector.candidateHops(destination.host);
    if (hops.length === 0) throw new ForwardFailure('no_route', router.name, destination.host);
    for (const hop of hops) {
      const next = await tryNextHop(hop, { socket, header, destination, hopsLeft }, span, context);
      if (next !== undefined) return next;
    }
    throw new ForwardFailure('no_next_hop', router.name, hops.map(({ route }) => hopName(route)).join(', '));
  });
}

/** The port to which a connection to `requested` is delivered: TLS has another one. */
function deliveryPort(
  requested: number,
  { port, other }: { port: number; other?: { for: number; port: number } },
): number {
  return other?.for === requested ? other.port : port;
}

/** The connection to one next hop, with the header sent; undefined when it does not accept. */
async function tryNextHop(
  { route, why }: NextHop,
  inbound: Inbound,
  span: SpanOf<typeof forwardSpan>,
  context: ForwardContext,
): Promise<Socket | undefined> {
  const { options, selector, router } = context;
  const next = hopName(route);
  const { host, port } = inbound.destination;
  if ('port' in route.next && locate(inbound.destination, options.addresses) === undefined) {
    throw new ForwardFailure('no_listener', router.name, `${host}:${port}`);
  }
  const peer =
    'router' in route.next
      ? locate(options.routers.get(route.next.router)?.address, options.addresses)
      : options.addresses.locate(host, deliveryPort(port, route.next));
  const tried = { next_hop: next, cost: route.cost, why };
  try {
    if (route.delay > 0) await delay(route.delay);
    if (inbound.socket.destroyed) throw new ForwardFailure('client_closed', router.name);
    if (peer === undefined) throw Object.assign(new Error('no address in the address map'), { code: 'EHOSTUNREACH' });
    const socket = await open(peer, options.connectTimeout);
    if (inbound.socket.destroyed) {
      socket.destroy();
      throw new ForwardFailure('client_closed', router.name);
    }
    socket.write(encodeProxyHeader(withHops(inbound.header, inbound.hopsLeft)));
    addSpanEvent(span, 'route tried', { ...tried, outcome: 'open' });
    span.setAttributes({
      [names.ATTR_ROUTER_NEXT_HOP]: next,
      [names.ATTR_ROUTER_WHY]: why,
      [names.ATTR_ROUTER_COST]: route.cost,
      [semconv.ATTR_NETWORK_PEER_ADDRESS]: peer.host,
      [semconv.ATTR_NETWORK_PEER_PORT]: peer.port,
    });
    return socket;
  } catch (error) {
    if (error instanceof ForwardFailure) throw error;
    addSpanEvent(span, 'route tried', { ...tried, outcome: (error as NodeJS.ErrnoException).code ?? 'failed' });
    selector.markDown(route);
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

/** `header` with the hop limit `hops`. */
function withHops(header: ProxyHeader, hops: number): ProxyHeader {
  return { ...header, fields: [...header.fields.filter(({ type }) => type !== TYPE_HOPS), hopsField(hops)] };
}
