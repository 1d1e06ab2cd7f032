// Warms up the whole chain when the visitor starts, by visits whose trace is not exported (otel/warm-up.ts). Scenarios wait in the
// run queue until it is over.

import { setTimeout as delay } from 'node:timers/promises';
import { canWarmUp, warmUpContext } from '../../otel/warm-up.ts';
import type { Endpoint } from '../../runtime/net/endpoint.ts';
import { Browser } from './browser.ts';
import { callControl } from './control.ts';
import type { VisitorParts } from './parts.ts';
import { makeVisit } from './visit/visit.ts';

/** In turns. */
const URLS = ['http://tatis.test/', 'http://tatis.test/static/style.css', 'http://djangogirls.test/letters/Ola/'];
/** The most time that the visits take, and that they wait for an idle worker, in ms. */
const MAX_MS = 3000;
const MAX_WAIT_MS = 30_000;
const POLL_MS = 50;

/** Resolves when the visits are made, or too late; rejects when `closing` aborts, or dns does not respond. */
export async function warmUp({ config, runQueue, closing }: VisitorParts): Promise<void> {
  if (!canWarmUp() || !config.entryRouter || config.warmUpVisits === 0) return; // the proxy accepts them from the routers only
  const endRun = await runQueue.acquire(closing);
  try {
    const waitUntil = performance.now() + MAX_WAIT_MS;
    while (!(await hasIdleWorker(config.gatewayControl))) {
      if (performance.now() > waitUntil) return;
      await delay(POLL_MS, undefined, { signal: closing });
    }
    const until = performance.now() + MAX_MS;
    for (let sent = 0; sent < config.warmUpVisits && performance.now() < until && !closing.aborted; sent++) {
      const browser = new Browser();
      browser.forgetNames();
      const url = new URL(URLS[sent % URLS.length] as string);
      await makeVisit({ method: 'GET', url, connection: 'new', origin: warmUpContext() }, browser, config);
      browser.close();
    }
  } finally {
    endRun();
  }
}

async function hasIdleWorker(gatewayControl: Endpoint): Promise<boolean> {
  const table = await callControl(gatewayControl, 'GET', '/workers').catch(() => undefined);
  const { workers = [] } = (table ?? {}) as { workers?: { state: string }[] };
  return workers.some(({ state }) => state === 'idle');
}
