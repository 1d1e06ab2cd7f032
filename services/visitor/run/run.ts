// Runs a scenario: sets its faults, makes its visits in order, waits for each trace and judges it; then restores the faults.
//
//   wait in the run queue → set faults → visit (or several at once) → whole trace? → judge → report → … → restore faults
//                              └── when a client disconnects, or a step fails: the faults are restored ──┘

import { randomUUID } from 'node:crypto';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { type ScenarioVisit, visitFrom, warm } from '../../../scenarios/visits.ts';
import type { VisitOutcome } from '../api.ts';
import type { Browser, Browsers } from '../browser.ts';
import type { VisitorConfig } from '../config.ts';
import { reloadWorkers } from '../control.ts';
import { setFaultsFor } from '../faults.ts';
import { loadPage } from '../page-load/load.ts';
import { makeVisit, type Visit, type VisitResult } from '../visit/visit.ts';
import { unlessAborted } from './abort.ts';
import { type Links, visitOutcome } from './outcome.ts';

/** `warm`: only the last visit is reported, made with everything warm; `signal` aborts the run. */
export type RunOptions = {
  config: VisitorConfig;
  browsers: Browsers;
  links: Links;
  warm: boolean;
  signal: AbortSignal;
};

/** Runs `scenario`, and yields the outcome of each visit as it is complete. Throws an ApiError from a control port, a TraceBackendUnavailable when traces cannot be read. */
export async function* runScenario(scenario: Scenario, options: RunOptions): AsyncGenerator<VisitOutcome> {
  const restore = await setFaultsFor(scenario.faults, options.config);
  try {
    const first = newBrowser(options);
    if (!options.warm) return yield* makeVisits(scenario, first, options);
    for await (const _ of makeVisits(scenario, first, options)); // warms up
    let last: VisitOutcome | undefined;
    for await (const outcome of makeVisits(warmed(scenario), newBrowser(options, first), options)) last = outcome;
    if (last) yield last;
  } finally {
    await restore();
  }
}

async function* makeVisits(scenario: Scenario, browser: Browser, options: RunOptions): AsyncGenerator<VisitOutcome> {
  const { config, signal } = options;
  let reloaded: Promise<unknown> = Promise.resolve();
  for (const [index, group] of concurrentGroups(scenario.visits).entries()) {
    signal.throwIfAborted();
    // Concurrent visits come from different browsers: one browser would keep only one connection.
    const outcomes = group.map((visit, at) =>
      visitOnce(visit, at === 0 ? browser : newBrowser(options, browser), scenario.name, options),
    );
    for (const outcome of await Promise.all(outcomes)) yield outcome;
    if (scenario.reload && index === 0) reloaded = reloadWorkers(config.gatewayControl);
    reloaded.catch(() => {}); // reported when all visits are done
  }
  await unlessAborted(signal, reloaded);
}

/** A browser without cookies and connections; it uses the same cache at the resolver as `other`, or one of its own. */
export function newBrowser({ browsers }: Pick<RunOptions, 'browsers'>, other?: Browser): Browser {
  const browser = browsers.find(randomUUID());
  if (other) browser.cache = other.cache;
  else browser.forgetNames();
  return browser;
}

/** Makes one visit from its start state; resolves with its outcome when its trace is complete. Throws as `runScenario` does. */
async function visitOnce(
  visit: ScenarioVisit,
  browser: Browser,
  scenario: string,
  { config, links, signal }: RunOptions,
): Promise<VisitOutcome> {
  const { start } = visit;
  if (start.connection === 'new' && start.cache === 'miss') browser.forgetNames();
  const result = await unlessAborted(signal, sendVisit(visit, { scenario }, browser, config));
  return visitOutcome(visit, result, { jaegerUrl: config.jaegerUrl, links, signal });
}

/** Sends a visit by `browser`, or loads its page; `purpose`: what its trace is part of. Does not throw when a step fails. */
export function sendVisit(
  visit: ScenarioVisit,
  purpose: Pick<Visit, 'scenario' | 'set'>,
  browser: Browser,
  config: VisitorConfig,
): Promise<VisitResult> {
  return (visit.pageFrom ? loadPage : makeVisit)({ ...requestOf(visit), ...purpose }, browser, config);
}

function requestOf({ method, url, form, start, tls, usesCache, encodings }: ScenarioVisit): Visit {
  const { connection } = start;
  const chosen = {
    ...(form && { form }),
    ...(tls && { tls }),
    ...(usesCache && { usesCache }),
    ...(encodings && { encodings }),
  };
  return { method, url: new URL(url), connection, ...chosen };
}

/** The scenario with every new connection to a cached name, the last visit's too: so two traces line up in a comparison. */
function warmed({ visits, ...scenario }: Scenario): Scenario {
  return {
    ...scenario,
    visits: visits.map((visit, at) =>
      at === visits.length - 1 || visit.start.connection === 'new' ? visitFrom(warm, visit) : visit,
    ),
  };
}

/** Visits that are sent at the same time, in one group. */
export function concurrentGroups(visits: readonly ScenarioVisit[]): ScenarioVisit[][] {
  const groups: ScenarioVisit[][] = [];
  for (const visit of visits) {
    if (visit.together) groups.at(-1)?.push(visit);
    else groups.push([visit]);
  }
  return groups;
}
