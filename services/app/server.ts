// One worker: the app server's side (worker/), and, loaded once the port is open, the framework and the site.

import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { warmUpServer } from '../../runtime/warm-up.ts';
import type { AppConfig } from './config.ts';
import { createWorkerServer } from './worker/server.ts';

/** Pages that only read. */
const WARM_UP_PAGES = [
  { host: 'tatis.test', path: '/' },
  { host: 'djangogirls.test', path: '/letters/Ola/' },
];
const WARM_UP_REQUESTS = 4; // the visitor's own visits behind "ready" do the rest

/** The worker as a server: `listen` resolves with the port, `close` finishes the requests and the task in progress and closes the database. */
export function createApp(config: AppConfig) {
  let closeSite = async () => {};
  let stopTasks = async () => {};
  const server = createWorkerServer(
    async () => {
      const { loadSite } = await import('./handler.ts');
      const { close, startTaskWorker, ...site } = await loadSite(config);
      closeSite = close;
      const inside = createServer((request, response) => void site.answer(request, response));
      const accept = (socket: Socket) => inside.emit('connection', socket);
      await warmUpServer({ accept, pages: WARM_UP_PAGES, times: WARM_UP_REQUESTS });
      stopTasks = startTaskWorker().stop;
      return site;
    },
    { ...config, release: config.site.release },
  );
  return {
    listen: server.listen,
    close: async () => {
      await Promise.all([stopTasks(), server.close()]);
      await closeSite();
    },
  };
}
