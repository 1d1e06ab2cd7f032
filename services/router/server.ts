// The routers of this process, each on its own port, and a private control port that can take one down.

import type { Server, Socket } from 'node:net';
import { type Listening, listen } from '../../runtime/net/listen.ts';
import { closeServer } from '../../runtime/shutdown.ts';
import type { RouterConfig } from './config.ts';
import { createControl } from './control.ts';
import { createRouter } from './router.ts';

const DRAIN_MS = 1400;

export type RouterProcess = {
  /** Listens on every port; resolves with the control port. Rejects if a port is taken. */
  listen(): Promise<number>;
  /** Stops accepting connections, waits for those that are open, and closes. */
  close(): Promise<void>;
};

/** Creates the routers of `config`; they do not listen yet. */
export function createRouters(config: RouterConfig): RouterProcess {
  const listeners = new Map(
    config.run.map(({ router, listening }) => [router.name, new Listener(createRouter(router, config), listening)]),
  );
  const control = createControl(listeners, config.allowedHosts);
  const close = async () => {
    await Promise.all([
      ...[...listeners.values()].map((listener) => listener.drain()),
      control.listening && closeServer(control),
    ]);
  };
  return {
    async listen() {
      try {
        for (const listener of listeners.values()) await listener.open();
        return await listen(control, config.control);
      } catch (error) {
        await close();
        throw error;
      }
    },
    close,
  };
}

/** A server that can be closed and opened again. */
class Listener {
  readonly #server: Server;
  readonly #listening: Listening;
  readonly #sockets = new Set<Socket>();

  constructor(server: Server, listening: Listening) {
    this.#server = server;
    this.#listening = listening;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  get isOpen(): boolean {
    return this.#server.listening;
  }

  async open(): Promise<void> {
    if (!this.isOpen) await listen(this.#server, this.#listening);
  }

  /** Stops listening and resets open connections. */
  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Stops listening; open connections have DRAIN_MS to end. */
  async drain(): Promise<void> {
    const cut = setTimeout(() => this.close(), DRAIN_MS);
    if (this.isOpen) await new Promise((resolve) => this.#server.close(resolve));
    clearTimeout(cut);
  }
}
