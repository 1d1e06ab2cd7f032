// One worker: the app server's side (worker/), and, loaded once the port is open, the framework and the site.

import type { AppConfig } from './config.ts';
import { createWorkerServer } from './worker/server.ts';
import { warmUp } from './worker/warm-up.ts';

/** The worker as a server: `listen` resolves with the port, `close` finishes the requests in progress and closes the database. */
export function createApp(config: AppConfig) {
  let closeSite = async () => {};
  const server = createWorkerServer(
    async () => {
      const { loadSite } = await import('./handler.ts');
      const { close, ...site } = await loadSite(config);
      closeSite = close;
      await warmUp(site.answer);
      return site;
    },
    { ...config, release: config.site.release },
  );
  return {
    listen: server.listen,
    close: async () => {
      await server.close();
      await closeSite();
    },
  };
}
