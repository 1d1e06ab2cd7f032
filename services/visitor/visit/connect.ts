// Step 2: a TCP connection to the address, through the routers or directly. The address map says where it really listens.

import { connect as connectSocket, type Socket } from 'node:net';
import type { Context } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import { visitor } from '../../../otel/contract/index.ts';
import * as names from '../../../otel/contract/names.ts';
import { carriers } from '../../../otel/faults/carriers.ts';
import { startSpan } from '../../../otel/span.ts';
import type { Endpoint } from '../../../runtime/net/endpoint.ts';
import { encodeProxyHeader, hopsField, tlsContextField, traceField } from '../../../runtime/net/proxy-protocol.ts';
import type { VisitorConfig } from '../config.ts';
import { VisitFailure } from '../errors.ts';
import { inStep, type Target } from './step.ts';
import type { HandshakeSpan } from './tls-handshake.ts';

/** The hop limit: the most routers that forward a connection, so that a routing loop ends. */
const HOP_LIMIT = 8;

/**
 * Connects to `host`, the address of `target`. Throws a VisitFailure when it can't. Under TLS it opens the span of the handshake,
 * which is the next step: the PROXY header carries that span's context, because a TLS handshake has no field for one.
 */
export function connect(
  { host, port, name, isTls }: Target & { host: string },
  parent: Context,
  { addresses, entryRouter, connectTimeout }: VisitorConfig,
): Promise<{ socket: Socket; handshake: HandshakeSpan | undefined }> {
  const attributes = {
    [semconv.ATTR_SERVER_ADDRESS]: host,
    [semconv.ATTR_SERVER_PORT]: port,
    [names.ATTR_ROUTE]: 'closed',
  };
  return inStep(startSpan(visitor.connect, { attributes, parent }), parent, async (span) => {
    // Routers route by address alone; a port on which nothing listens is refused here.
    if (!addresses.has(host)) throw new VisitFailure('EHOSTUNREACH');
    const listener = addresses.locate(host, port);
    if (listener === undefined) throw new VisitFailure('ECONNREFUSED');
    const hop = entryRouter ? addresses.locate(entryRouter.host, entryRouter.port) : listener;
    if (hop === undefined) throw new VisitFailure('EHOSTUNREACH');
    const socket = await openConnection(hop, connectTimeout);
    const route = entryRouter === undefined ? 'direct' : 'routers';
    const handshakeAttributes = {
      [names.ATTR_TLS_CLIENT_SERVER_NAME]: name,
      [names.ATTR_TLS_ESTABLISHED]: false,
      [names.ATTR_TLS_ROUND_TRIPS]: 0,
      [names.ATTR_TLS_CLIENT_HELLO]: '',
      [names.ATTR_ROUTE]: route,
    };
    const handshake = isTls ? startSpan(visitor.handshake, { parent, attributes: handshakeAttributes }) : undefined;
    if (entryRouter !== undefined) {
      const source = { host: socket.localAddress ?? '0.0.0.0', port: socket.localPort ?? 0 };
      const fields = carriers.hasField
        ? [traceField(span.spanContext()), hopsField(HOP_LIMIT)]
        : [hopsField(HOP_LIMIT)];
      if (handshake && carriers.hasField) fields.push(tlsContextField(handshake.spanContext()));
      const header = encodeProxyHeader({ addresses: { source, destination: { host, port } }, fields });
      socket.write(header);
      span.setAttribute(names.ATTR_PROXY_HEADER, header.toString('hex'));
    }
    span.setAttribute(names.ATTR_ROUTE, route);
    span.setAttribute(semconv.ATTR_NETWORK_PEER_ADDRESS, socket.remoteAddress ?? hop.host);
    span.setAttribute(semconv.ATTR_NETWORK_PEER_PORT, socket.remotePort ?? hop.port);
    return { socket, handshake };
  });
}

/** Opens a TCP connection within `timeout` ms. Throws a VisitFailure with the socket's error code, or `connect_timeout`. */
function openConnection({ host, port }: Endpoint, timeout: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host, port, noDelay: true });
    const fail = (code: string) => {
      clearTimeout(timer);
      socket.destroy();
      reject(new VisitFailure(code));
    };
    const timer = setTimeout(fail, timeout, 'connect_timeout');
    socket.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.name));
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
