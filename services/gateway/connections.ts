// The connections over which one worker gets its requests, kept open; and what broke them, if it was the worker's answer.

import type { Socket } from 'node:net';
import { buildConnector, Pool } from 'undici';

// No timeouts of undici's own: the gateway has its own, and never lets go of an idle connection.
const KEPT = { keepAliveTimeout: 3_600_000, keepAliveMaxTimeout: 3_600_000, headersTimeout: 0, bodyTimeout: 0 };

export class Connections {
  readonly #open: () => Pool;
  #pool: Pool;
  readonly #sockets = new Set<Socket>();

  /** At most `limit` connections to `origin`; `broken` is called when one has ended. */
  constructor(origin: string, limit: number, broken: () => void) {
    const connectTo = buildConnector({});
    const connect: buildConnector.connector = (options, done) =>
      connectTo(options, (...[error, socket]) => {
        if (error) return done(error, null);
        this.#sockets.add(socket.once('close', () => this.#sockets.delete(socket)));
        done(null, socket);
      });
    this.#open = () => {
      const pool = new Pool(origin, { ...KEPT, connections: limit, pipelining: 1, connect });
      return pool.on('disconnect', () => {
        if (pool === this.#pool) broken();
      });
    };
    this.#pool = this.#open();
  }

  /** Requests go through here. */
  get pool(): Pool {
    return this.#pool;
  }

  /** New requests go over new connections: the pool has stopped handing requests out. Those in hand are answered. */
  renew(): void {
    void this.#pool.close();
    this.#pool = this.#open();
  }

  /** What was wrong with what came after an answer, if anything: known a turn of the event loop after the answer's end. */
  get garbage(): Error | undefined {
    for (const { errored } of this.#sockets) if (errored && isGarbage(errored)) return errored;
    return undefined;
  }

  /** Closes them, those with a request in hand once that is answered. */
  close(): Promise<void> {
    return this.#pool.close();
  }
}

/** Whether what a worker sent was not HTTP as it should be: wrong bytes, or too many. Else its connection broke. */
export function isGarbage(error: Error & { code?: string }): boolean {
  const isRefused = error.name === 'HTTPParserError' || /^UND_ERR_(RES_|HEADERS_OVERFLOW)/.test(String(error.code));
  return isRefused || /^bad (response|upgrade)$/.test(error.message); // undici's words for what no request asked for
}

/** Whether a request was refused because its pool had been closed. */
export function isClosed({ code }: Error & { code?: string }): boolean {
  return code === 'UND_ERR_CLOSED' || code === 'UND_ERR_DESTROYED';
}
