// The visitor's door (8190): sends visits and scenarios, tells of traces, turns the lab's knobs, and serves the pages.
// These requests are the lab's own and leave no span; a visit that they ask for opens the trace. Each theme has its routes.

import { createControl } from '../../runtime/control/control.ts';
import { listen } from '../../runtime/net/listen.ts';
import { closeServer } from '../../runtime/shutdown.ts';
import type { VisitorConfig } from './config.ts';
import { type VisitorParts, visitorParts } from './parts.ts';
import { contractRoutes } from './routes/contract.ts';
import { faultRoutes } from './routes/faults.ts';
import { lessonRoutes } from './routes/lessons.ts';
import { logRoutes } from './routes/logs.ts';
import { pageRoutes, unknownPage } from './routes/pages.ts';
import { scenarioRoutes } from './routes/scenarios.ts';
import { traceRoutes } from './routes/traces.ts';
import { visitRoutes } from './routes/visits.ts';

/** How long, in ms, a run that is broken off by the end may take to put its knobs back. */
const PUT_BACK = 300;

/** The visitor as a server: `listen` resolves with the port, `close` lets visits under way end. */
export function createVisitor(config: VisitorConfig) {
  const closing = new AbortController();
  const parts = visitorParts(config, closing.signal);
  const server = createControl(visitorRoutes(parts), { hosts: config.allowedHosts, unknown: unknownPage(parts) });

  return {
    listen: () => listen(server, config.listening),
    close: async () => {
      closing.abort();
      parts.live.close();
      await closeServer(server);
      await parts.turns.take(AbortSignal.timeout(PUT_BACK)).catch(() => {});
      parts.browsers.close();
    },
  };
}

/** Every route, in the order in which they are tried. */
export function visitorRoutes(parts: VisitorParts) {
  return [
    ...visitRoutes(parts),
    ...scenarioRoutes(parts),
    ...contractRoutes(),
    ...traceRoutes(parts),
    ...faultRoutes(parts),
    ...lessonRoutes(parts),
    ...logRoutes(parts),
    ...pageRoutes(parts),
  ];
}
