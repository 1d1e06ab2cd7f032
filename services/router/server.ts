// The routers of this process, each on its own port, and a private control port that sets their faults.

import type { Server, Socket } from 'node:net';
import { type Listening, listen } from '../../runtime/net/listen.ts';
import { closeServer } from '../../runtime/shutdown.ts';
import type { RouterConfig } from './config.ts';
import { createControl } from './faults.ts';
import { createRouter, type Links } from './router.ts';
import { warmUpRouter } from './warm-up.ts';

const DRAIN_MS = 1400;

/** Creates the routers of `config`; they do not listen yet. */
export function createRouters(config: RouterConfig) {
  const routers = new Map(
    config.run.map(({ router, listening }) => {
      const links: Links = { delay: 0 };
      return [router.name, { listener: createListener(createRouter(router, config, links), listening), links }];
    }),
  );
  const listeners = [...routers.values()].map(({ listener }) => listener);
  const control = createControl(routers, config.allowedHosts);
  /** Stops accepting connections, waits for those that are open, and closes. */
  const close = async () => {
    const drained = listeners.map((listener) => listener.drain());
    await Promise.all([...drained, control.listening && closeServer(control)]);
  };
  return {
    /** Listens on every port; resolves with the control port. Rejects if a port is taken. */
    async listen(): Promise<number> {
      try {
        await warmUpRouter(config);
        for (const listener of listeners) await listener.open();
        return await listen(control, config.control);
      } catch (error) {
        await close();
        throw error;
      }
    },
    close,
  };
}

/** The listener of a server that can be closed and opened again. */
function createListener(server: Server, listening: Listening) {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  /** Stops listening and resets open connections. */
  const close = () => {
    server.close();
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    get isOpen() {
      return server.listening;
    },
    async open() {
      if (!server.listening) await listen(server, listening);
    },
    close,
    /** Stops listening; open connections have DRAIN_MS to end. */
    async drain() {
      const timer = setTimeout(close, DRAIN_MS);
      if (server.listening) await new Promise((resolve) => server.close(resolve));
      clearTimeout(timer);
    },
  };
}
