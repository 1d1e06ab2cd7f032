// The post offices of this process, each on a port of its own, and a private control port by which one can be closed.

import type { Server, Socket } from 'node:net';
import { type Listening, listen } from '../../runtime/net/listen.ts';
import { closeServer } from '../../runtime/shutdown.ts';
import type { RouterConfig } from './config.ts';
import { createControl } from './control.ts';
import { createOffice } from './office.ts';

const DRAIN_MS = 1400;

export type RouterServer = {
  /** Opens every office and the control port; resolves with that port. Rejects if one can't be opened. */
  listen(): Promise<number>;
  /** Takes no more letters, lets those on their way arrive, and closes. */
  close(): Promise<void>;
};

/** Makes the offices that `config` says. */
export function createRouter(config: RouterConfig): RouterServer {
  const doors = new Map(
    config.run.map(({ office, listening }) => [office.name, new Door(createOffice(office, config), listening)]),
  );
  const control = createControl(doors, config.allowedHosts);
  const close = async () => {
    await Promise.all([...[...doors.values()].map((door) => door.drain()), control.listening && closeServer(control)]);
  };
  return {
    async listen() {
      try {
        for (const door of doors.values()) await door.open();
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
class Door {
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

  /** No more connections, and those that are open break. */
  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** No more connections; those that are open may end, within the time that there is. */
  async drain(): Promise<void> {
    const cut = setTimeout(() => this.close(), DRAIN_MS);
    if (this.isOpen) await new Promise((resolve) => this.#server.close(resolve));
    clearTimeout(cut);
  }
}
