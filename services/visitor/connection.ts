// Step 2: a TCP connection to where the map says that the address is listened on. It is kept open: the next request to the
// same origin may use it, without a lookup.

import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Endpoint } from '../../runtime/net/endpoint.ts';
import { VisitFailure } from './errors.ts';

/** Opens a TCP connection within `timeout` ms; throws a VisitFailure with the socket's error code or `connect_timeout`. */
export function openConnection({ host, port }: Endpoint, timeout: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const fail = (code: string) => {
      socket.destroy();
      reject(new VisitFailure(code));
    };
    const timer = setTimeout(fail, timeout, 'connect_timeout');
    socket.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      fail(error.code ?? error.name);
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

/** An http.Agent that sends over this one connection and keeps it open between requests. */
export class Connection extends Agent {
  readonly #socket: Socket;
  #isRetired = false;

  constructor(socket: Socket) {
    super({ keepAlive: true, maxSockets: 1 });
    this.#socket = socket;
    socket.on('error', () => {}); // an idle connection may break; the next request finds it destroyed
  }

  /** Whether another request can be sent over it. */
  get usable(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  /** Closes it; if a request is in progress, after its response. */
  retire(): void {
    this.#isRetired = true;
    if (Object.keys(this.sockets).length === 0) this.destroy();
  }

  override keepSocketAlive(socket: Duplex): boolean {
    return !this.#isRetired && (super.keepSocketAlive(socket) as unknown as boolean);
  }

  override createConnection(): Socket {
    return this.#socket;
  }
}
