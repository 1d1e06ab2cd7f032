// A connection that is not HTTP any more (WebSocket: RFC 6455, 1.3): the request for it is passed on as it is, then all bytes both ways.

import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Endpoint } from '../net/endpoint.ts';

const CONNECT_MS = 3000;
const UNREACHABLE = 'HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/** Makes what passes such connections on; `close` ends them. */
export function createTunnels() {
  const open = new Set<Duplex>();
  return {
    /** Passes `socket`, whose `request` was read and then `first`, on to `endpoint`; `headers` replace those of the request. */
    pass(request: IncomingMessage, socket: Duplex, first: Buffer, endpoint: Endpoint, headers: Record<string, string>) {
      const upstream = connect({ ...endpoint, timeout: CONNECT_MS });
      open.add(socket);
      const end = () => {
        open.delete(socket);
        socket.destroy();
        upstream.destroy();
      };
      socket.on('error', end).once('close', end);
      upstream
        .once('timeout', () => upstream.connecting && upstream.destroy(new Error('connect timeout')))
        .once('connect', () => {
          upstream.write(requestHead(request, headers));
          upstream.write(first);
          socket.pipe(upstream).pipe(socket);
        })
        .once('error', () => (upstream.connecting || upstream.bytesRead > 0 ? end() : socket.end(UNREACHABLE)))
        .once('close', () => socket.end());
    },
    close(): void {
      for (const socket of open) socket.destroy();
    },
  };
}

function requestHead({ method, url, rawHeaders }: IncomingMessage, headers: Record<string, string>): string {
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (!Object.hasOwn(headers, name.toLowerCase())) lines.push(`${name}: ${rawHeaders[index + 1]}`);
  }
  for (const [name, value] of Object.entries(headers)) if (value !== '') lines.push(`${name}: ${value}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Whether `request` asks for a WebSocket (RFC 6455, 4.1). */
export function wantsWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}
