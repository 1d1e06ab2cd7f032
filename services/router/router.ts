// One router. What happens to a connection:
//
//   header read → hop limit checked → next hops, best first → link delay → connected → header and bytes relayed
//   └──────────────── the span `forward` ──────────────────────────────────┘
//
// It relays whole connections; a real router forwards each packet by itself and keeps no state of connections.

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { context, metrics, trace } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import * as names from '../../otel/contract/names.ts';
import { forward as forwardSpan } from '../../otel/contract/router.ts';
import { SCOPE, type SpanOf } from '../../otel/contract/spec.ts';
import { addSpanEvent } from '../../otel/event.ts';
import { carriers } from '../../otel/faults/carriers.ts';
import { inSpan } from '../../otel/span.ts';
import { isWarmUp } from '../../otel/warm-up.ts';
import { log } from '../../runtime/log.ts';
import type { Endpoint } from '../../runtime/net/endpoint.ts';
import {
  contextOf,
  encodeProxyHeader,
  type Field,
  hopsField,
  hopsOf,
  type ProxyHeader,
  TYPE_HOPS,
  TYPE_TLS_CONTEXT,
  TYPE_TRACE,
} from '../../runtime/net/proxy-protocol.ts';
import { receiveProxyHeader } from '../../runtime/net/proxy-socket.ts';
import type { RouterConfig } from './config.ts';
import { FAILURES, type FailureCode, ForwardFailure } from './errors.ts';
import { relay } from './relay.ts';
import type { Router } from './routes.ts';
import { createSelector, hopName, type NextHop } from './select-route.ts';

/** The hop limit of a connection whose header has none. */
const MAX_HOPS = 16;

const meter = metrics.getMeter(SCOPE);
const bytes = meter.createCounter('waybill.router.bytes', { unit: 'By', description: 'bytes relayed' });
const connections = meter.createCounter('waybill.router.connections', {
  description: 'connections, by how they closed',
});

/** The links from one router to its next hops: their delay in each direction, in ms, for connections that are opened from now on. */
export type Links = { delay: number };

/** Creates the server of one router; it does not listen yet. */
export function createRouter(
  router: Router,
  options: Omit<RouterConfig, 'run' | 'control' | 'allowedHosts'>,
  links: Links = { delay: 0 },
): Server {
  const { name } = router;
  const selector = createSelector(router, options);
  // Known label values start at 0: of a series that first appears at 1, rate() never sees an increase.
  for (const direction of ['forth', 'back']) bytes.add(0, { router: name, direction });
  for (const closing of ['ended', 'reset', 'idle', ...Object.keys(FAILURES)])
    connections.add(0, { router: name, closing });

  async function serve(socket: Socket): Promise<void> {
    let isCounted = true;
    let own = context.active(); // that of the span, once it is open: log lines carry its ids
    socket.on('error', () => {}); // a client may reset the connection at any time; what follows sees that it is closed
    try {
      const header = await receiveProxyHeader(socket, { timeout: options.headerTimeout });
      isCounted = !isWarmUp(trace.getSpanContext(contextOf(header)));
      const linkDelay = links.delay;
      const { next, head } = await forward(socket, header, linkDelay, () => {
        own = context.active();
      });
      const { forth, back, closing } = await relay(socket, next, { head, linkDelay, idle: options.idle });
      if (!isCounted) return;
      context.with(own, () => log.info({ router: name, forth, back, closing }, 'connection closed'));
      bytes.add(forth, { router: name, direction: 'forth' });
      bytes.add(back, { router: name, direction: 'back' });
      connections.add(1, { router: name, closing });
    } catch (error) {
      socket.resetAndDestroy();
      if (!isCounted) return;
      const { code = 'internal', message } = error as { code?: string; message: string };
      context.with(own, () => log.warn({ router: name, code }, message));
      connections.add(1, { router: name, closing: code });
    }
  }

  /**
   * Connects to the next hop; resolves with the connection, and the header to begin it with. The request's bytes wait in `socket`.
   * `onOpen` is called in the context of its span.
   */
  function forward(
    socket: Socket,
    header: ProxyHeader,
    linkDelay: number,
    onOpen: () => void,
  ): Promise<{ next: Socket; head: Buffer }> {
    const destination = header.addresses?.destination ?? { host: '0.0.0.0', port: 0 };
    const hopsLeft = (hopsOf(header) ?? MAX_HOPS) - 1;
    const fields = [...header.fields.filter(isPassedOn), hopsField(Math.max(0, hopsLeft))];
    const attributes = {
      [semconv.ATTR_SERVICE_INSTANCE_ID]: name,
      [semconv.ATTR_SERVER_ADDRESS]: destination.host,
      [semconv.ATTR_SERVER_PORT]: destination.port,
      [names.ATTR_ROUTER_HOPS_LEFT]: Math.max(0, hopsLeft),
      ...(linkDelay > 0 && { [names.ATTR_ROUTER_LINK_DELAY]: linkDelay }),
    };
    return inSpan(forwardSpan, { parent: contextOf(header), attributes }, async (span) => {
      onOpen();
      if (hopsLeft < 0) throw failure('hops_exceeded');
      const hops = selector.candidateHops(destination.host);
      if (hops.length === 0) throw failure('no_route', destination.host);
      for (const hop of hops) {
        const pause = hop.route.delay + 2 * linkDelay; // a TCP handshake goes there and back
        if (pause > 0) await delay(pause);
        const next = await tryNextHop(hop, socket, destination, span);
        if (next) return { next, head: encodeProxyHeader({ ...header, fields }) };
      }
      throw failure('no_next_hop', hops.map(({ route }) => hopName(route)).join(', '));
    });
  }

  /** The connection to one next hop; undefined if it does not accept. */
  async function tryNextHop(
    { route, why }: NextHop,
    socket: Socket,
    destination: Endpoint,
    span: SpanOf<typeof forwardSpan>,
  ): Promise<Socket | undefined> {
    const { next, cost } = route;
    const { host, port } = destination;
    if ('portFor' in next && locate(destination) === undefined) throw failure('no_listener', `${host}:${port}`);
    const peer =
      'router' in next
        ? locate(options.routers.get(next.router)?.address)
        : options.addresses.locate(host, next.portFor(port));
    const tried = { next_hop: hopName(route), cost, why };
    try {
      if (socket.destroyed) throw failure('client_closed');
      if (peer === undefined) throw Object.assign(new Error('no address in the address map'), { code: 'EHOSTUNREACH' });
      const connection = await open(peer, options.connectTimeout);
      if (socket.destroyed) {
        connection.destroy();
        throw failure('client_closed');
      }
      addSpanEvent(span, 'route tried', { ...tried, outcome: 'open' });
      span.setAttributes({
        [names.ATTR_ROUTER_NEXT_HOP]: tried.next_hop,
        [names.ATTR_ROUTER_WHY]: why,
        [names.ATTR_ROUTER_COST]: cost,
        [semconv.ATTR_NETWORK_PEER_ADDRESS]: peer.host,
        [semconv.ATTR_NETWORK_PEER_PORT]: peer.port,
      });
      return connection;
    } catch (error) {
      if (error instanceof ForwardFailure) throw error;
      addSpanEvent(span, 'route tried', { ...tried, outcome: (error as NodeJS.ErrnoException).code ?? 'failed' });
      selector.markDown(route);
      return undefined;
    }
  }

  const failure = (code: FailureCode, detail?: string) => new ForwardFailure(code, name, detail);
  const locate = (address?: Endpoint) => address && options.addresses.locate(address.host, address.port);

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => void serve(socket));
  server.maxConnections = options.connections;
  return server;
}

async function open({ host, port }: Endpoint, timeout: number): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true, allowHalfOpen: true }).on('error', () => {});
  const timer = setTimeout(() => socket.destroy(Object.assign(new Error('timeout'), { code: 'timeout' })), timeout);
  await once(socket, 'connect').finally(() => clearTimeout(timer));
  return socket;
}

/** Whether a field of a received header is sent on. */
function isPassedOn({ type }: Field): boolean {
  const isContext = type === TYPE_TRACE || type === TYPE_TLS_CONTEXT;
  return type !== TYPE_HOPS && (carriers.hasField || !isContext);
}
