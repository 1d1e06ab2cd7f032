// Runs a scenario: its knobs are set, its visits made in order, each trace waited for and judged; then the knobs are put back.
//
//   wait for the turn → knobs → visit (or several at once) → trace whole? → judge → told → … → knobs back
//                          └─────────── whoever goes or whatever fails: the knobs are put back ──┘

import { randomUUID } from 'node:crypto';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { type ScenarioVisit, visitFrom, warm } from '../../../scenarios/visits.ts';
import type { VisitOutcome } from '../api.ts';
import type { createBrowsers } from '../browser.ts';
import type { VisitorConfig } from '../config.ts';
import { flushResolver, reloadWorkers, setGateway } from '../control.ts';
import { makeVisit } from '../visit/visit.ts';
import { type Links, outcomeOf } from './outcome.ts';

export type Runner = { config: VisitorConfig; browsers: ReturnType<typeof createBrowsers>; links: Links };

/** How to run: `warm` shows the last visit alone, made when everything is warm; `signal` ends the run. */
export type RunOptions = { warm: boolean; signal: AbortSignal };

/** Runs `scenario`, and gives each visit's outcome as it is done. Throws a Problem when a control port, a TracesAway when the place of traces does not answer. */
export async function* runScenario(
  scenario: Scenario,
  runner: Runner,
  { warm: isWarm, signal }: RunOptions,
): AsyncGenerator<VisitOutcome> {
  const { gatewayControl } = runner.config;
  const putBack = await setGateway(gatewayControl, scenario.gateway);
  try {
    if (!isWarm) return yield* makeVisits(scenario, runner, signal);
    for await (const _ of makeVisits(scenario, runner, signal)); // what is shown comes after this
    let last: VisitOutcome | undefined;
    for await (const outcome of makeVisits(withWarmEnd(scenario), runner, signal)) last = outcome;
    if (last) yield last;
  } finally {
    await putBack();
  }
}

async function* makeVisits(scenario: Scenario, runner: Runner, signal: AbortSignal): AsyncGenerator<VisitOutcome> {
  const { gatewayControl } = runner.config;
  const browser = randomUUID();
  let reloaded: Promise<unknown> = Promise.resolve();
  for (const [index, group] of groupsOf(scenario.visits).entries()) {
    signal.throwIfAborted();
    // Letters at the same time come from different people: a browser would keep but one connection.
    const outcomes = group.map((visit, place) =>
      visitOnce(visit, place === 0 ? browser : randomUUID(), scenario.name, runner, signal),
    );
    for (const outcome of await Promise.all(outcomes)) yield outcome;
    if (scenario.reload && index === 0) reloaded = reloadWorkers(gatewayControl);
    reloaded.catch(() => {}); // told when all visits are done
  }
  await unlessAborted(signal, reloaded);
}

async function visitOnce(
  visit: ScenarioVisit,
  browser: string,
  scenario: string,
  { config, browsers, links }: Runner,
  signal: AbortSignal,
): Promise<VisitOutcome> {
  const { method, url, form, start, tls } = visit;
  const { connection } = start;
  if (connection === 'new' && start.cache === 'miss') await flushResolver(config.resolverControl);
  const request = { method, url: new URL(url), connection, scenario, ...(form && { form }), ...(tls && { tls }) };
  const result = await unlessAborted(signal, makeVisit(request, browsers.find(browser), config));
  return outcomeOf(visit, result, { jaegerUrl: config.jaegerUrl, links, signal });
}

/** The scenario with its last visit over a new connection to a known name: so two traces line up in a comparison. */
function withWarmEnd({ visits, ...scenario }: Scenario): Scenario {
  return {
    ...scenario,
    visits: visits.map((visit, at) => (at === visits.length - 1 ? visitFrom(warm, visit) : visit)),
  };
}

/** What `going` resolves with; rejects as soon as `signal` aborts, whatever becomes of it then. */
function unlessAborted<T>(signal: AbortSignal, going: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    going.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

/** Visits that are sent at the same time, in one group. */
function groupsOf(visits: readonly ScenarioVisit[]): ScenarioVisit[][] {
  const groups: ScenarioVisit[][] = [];
  for (const visit of visits) {
    if (visit.together) groups.at(-1)?.push(visit);
    else groups.push([visit]);
  }
  return groups;
}
