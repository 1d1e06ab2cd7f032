// An open connection, plain or TLS, which is kept: the next request to the same origin can use it without lookup and connect.

import { Agent } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

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
