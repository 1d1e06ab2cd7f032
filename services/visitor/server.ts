// The visitor's door (8190): sends visits and scenarios, tells of traces, turns the lab's knobs, and serves the pages.
// These requests are the lab's own and leave no span; a visit that they ask for opens the trace. Each theme has its routes.

import { createControl } from '../../runtime/control/control.ts';
import { listen } from '../../runtime/net/listen.ts';
import { closeServer } from '../../runtime/shutdown.ts';
import { type Browsers, createBrowsers } from './browser.ts';
import type { VisitorConfig } from './config.ts';
import { type BuiltPage, createBuiltPage } from './page/built.ts';
import { createLive, type Live } from './recent/live.ts';
import { createRecent, type Recent } from './recent/recent.ts';
import { contractRoutes } from './routes/contract.ts';
import { faultRoutes } from './routes/faults.ts';
import { logRoutes } from './routes/logs.ts';
import { pageRoutes } from './routes/pages.ts';
import { scenarioRoutes } from './routes/scenarios.ts';
import { traceRoutes } from './routes/traces.ts';
import { visitRoutes } from './routes/visits.ts';
import { createTurns, type Turns } from './run/turns.ts';

/** How many runs may wait for their turn. */
const WAITING = 16;
/** How long, in ms, a run that is broken off by the end may take to put its knobs back. */
const PUT_BACK = 300;

/** What the routes share. */
export type VisitorParts = {
  config: VisitorConfig;
  browsers: Browsers;
  turns: Turns;
  recent: Recent;
  live: Live;
  built: BuiltPage;
  /** Aborts when the visitor is told to end. */
  closing: AbortSignal;
};

/** The visitor as a server: `listen` resolves with the port, `close` lets visits under way end. */
export function createVisitor(config: VisitorConfig) {
  const closing = new AbortController();
  const parts = visitorParts(config, closing.signal);
  const server = createControl(visitorRoutes(parts), { hosts: config.allowedHosts });

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

/** What the routes share, not yet in use. */
export function visitorParts(config: VisitorConfig, closing = new AbortController().signal): VisitorParts {
  const recent = createRecent(config.jaegerUrl);
  return {
    config,
    browsers: createBrowsers(),
    turns: createTurns(WAITING),
    recent,
    live: createLive(recent),
    built: createBuiltPage(config.pageFolder),
    closing,
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
    ...logRoutes(parts),
    ...pageRoutes(parts),
  ];
}
