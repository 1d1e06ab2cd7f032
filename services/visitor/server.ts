// The visitor's HTTP server (8190): sends visits and scenarios, lists traces, sets the lab's faults, and serves the pages.
// Its own requests are not traced; each visit that they start opens a trace.

import { createControl } from '../../runtime/control/control.ts';
import { listen } from '../../runtime/net/listen.ts';
import { closeServer } from '../../runtime/shutdown.ts';
import type { VisitorConfig } from './config.ts';
import { createParts, type VisitorParts } from './parts.ts';
import { ownAppRoutes } from './routes/app.ts';
import { contractRoutes } from './routes/contract.ts';
import { faultRoutes } from './routes/faults.ts';
import { lessonRoutes } from './routes/lessons.ts';
import { logRoutes } from './routes/logs.ts';
import { notFoundPage, pageRoutes } from './routes/pages.ts';
import { scenarioRoutes } from './routes/scenarios.ts';
import { setRoutes } from './routes/sets.ts';
import { traceRoutes } from './routes/traces.ts';
import { visitRoutes } from './routes/visits.ts';
import { warmUp } from './warm-up.ts';

/** How long, in ms, a run that the shutdown aborts may take to restore the faults that it set. */
const RESTORE_TIMEOUT_MS = 300;

/** The visitor as a server: `listen` resolves with the port, `close` lets visits in progress end. */
export function createVisitor(config: VisitorConfig) {
  const closing = new AbortController();
  const parts = createParts(config, closing.signal);
  const server = createControl(visitorRoutes(parts), { hosts: config.allowedHosts, unknown: notFoundPage(parts) });

  return {
    listen: async () => {
      const port = await listen(server, config.listening);
      warmUp(parts).catch(() => {}); // the first scenario reports what is wrong
      return port;
    },
    close: async () => {
      closing.abort();
      parts.live.close();
      await closeServer(server);
      await parts.runQueue.acquire(AbortSignal.timeout(RESTORE_TIMEOUT_MS)).catch(() => {});
      parts.browsers.close();
    },
  };
}

/** Every route, in the order in which they are matched. */
export function visitorRoutes(parts: VisitorParts) {
  return [
    ...visitRoutes(parts),
    ...scenarioRoutes(parts),
    ...setRoutes(parts),
    ...contractRoutes(),
    ...traceRoutes(parts),
    ...faultRoutes(parts),
    ...ownAppRoutes(parts),
    ...lessonRoutes(parts),
    ...logRoutes(parts),
    ...pageRoutes(parts),
  ];
}
