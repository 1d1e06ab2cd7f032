// The connections to one worker, kept open, and the protocol error that ended one, if any.

import type { Socket } from 'node:net';
import { buildConnector, Pool } from 'undici';

// No timeouts of undici's own: the gateway has its own, and never closes an idle connection.
const NO_TIMEOUTS = { keepAliveTimeout: 3_600_000, keepAliveMaxTimeout: 3_600_000, headersTimeout: 0, bodyTimeout: 0 };

export class Connections {
  /** Whether the newest of them is by a Unix socket. */
  isUnix = false;
  readonly #open: () => Pool;
  #pool: Pool;
  readonly #sockets = new Set<Socket>();

  /** At most `limit` connections to `origin`, to the Unix socket where `unixSocket` gives one; `onDisconnect` is called when one has ended. */
  constructor(origin: string, limit: number, onDisconnect: () => void, unixSocket?: () => string | undefined) {
    const connect: buildConnector.connector = (options, done) => {
      const socketPath = unixSocket?.() ?? null;
      this.isUnix = socketPath !== null;
      buildConnector({ socketPath })(options, (...[error, socket]) => {
        if (error) return done(error, null);
        this.#sockets.add(socket.once('close', () => this.#sockets.delete(socket)));
        done(null, socket);
      });
    };
    this.#open = () => {
      const pool = new Pool(origin, { ...NO_TIMEOUTS, connections: limit, pipelining: 1, connect });
      return pool.on('disconnect', () => {
        if (pool === this.#pool) onDisconnect();
      });
    };
    this.#pool = this.#open();
  }

  /** The pool that requests are dispatched to. */
  get pool(): Pool {
    return this.#pool;
  }

  /** Sends new requests over new connections: the pool no longer dispatches any. Those in progress are finished. */
  renew(): void {
    void this.#pool.close();
    this.#pool = this.#open();
  }

  /** What was wrong with bytes after the end of a response; known one iteration of the event loop after that end. */
  get protocolError(): Error | undefined {
    for (const { errored } of this.#sockets) if (errored && isProtocolError(errored)) return errored;
    return undefined;
  }

  /** Closes them, each once the request on it is finished. */
  close(): Promise<void> {
    return this.#pool.close();
  }
}

/** Whether what a worker sent is not valid HTTP, or more than its length. Otherwise the connection failed. */
export function isProtocolError(error: Error & { code?: string }): boolean {
  const isParserError = error.name === 'HTTPParserError' || /^UND_ERR_(RES_|HEADERS_OVERFLOW)/.test(String(error.code));
  return isParserError || /^bad (response|upgrade)$/.test(error.message); // undici's messages for an unrequested response
}

/** Whether a request was refused because its pool was closed. */
export function isPoolClosed({ code }: Error & { code?: string }): boolean {
  return code === 'UND_ERR_CLOSED' || code === 'UND_ERR_DESTROYED';
}
