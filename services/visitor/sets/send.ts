// Sends one scenario, or two in turns, many times, each from a given start state: what a comparison is made of.
//
//   round 0: not measured   round 1: a b   round 2: b a   round 3: a b   …

import { randomUUID } from 'node:crypto';
import type { Scenario } from '../../../scenarios/scenario.ts';
import type { ScenarioVisit } from '../../../scenarios/visits.ts';
import type { Measured } from '../../../traces/statistics/sample.ts';
import type { SetLine, StartState } from '../api.ts';
import type { Browser } from '../browser.ts';
import { setFaultsFor } from '../faults.ts';
import { unlessAborted } from '../run/abort.ts';
import { visitTrace } from '../run/outcome.ts';
import { concurrentGroups, newBrowser, type RunOptions, sendVisit } from '../run/run.ts';
import type { createRunQueue } from '../run/run-queue.ts';
import { measuredVisit, measureTrace } from './measured-visit.ts';

/** What one side sends: of `scenario` the visits before `visit` not measured, that one from `start`. */
export type SentSide = { scenario: Scenario; visit: number; start: StartState };

type Options = Pick<RunOptions, 'config' | 'browsers' | 'signal'> & { runQueue: ReturnType<typeof createRunQueue> };

/** Sends each of `sides` `times` times, and yields the line of each request. Between rounds other runs may go. Throws as `runScenario` does. */
export async function* sendSets(sides: readonly SentSide[], times: number, options: Options): AsyncGenerator<SetLine> {
  const senders = sides.map((side) => createSender(side, options));
  yield { type: 'begin', sets: senders.map(({ id }) => id) };
  for (let index = 0; index <= times; index++) {
    const endRun = await options.runQueue.acquire(options.signal);
    try {
      const order = [...senders.entries()];
      if (index % 2 === 0) order.reverse(); // the first of a round may warm something up for the second
      for (const [side, { send }] of order) yield { type: 'visit', side, ...(await send(index)) };
    } finally {
      endRun();
    }
  }
  yield { type: 'end' };
}

function createSender({ scenario, visit: at, start }: SentSide, options: Options) {
  const { config, signal } = options;
  const id = randomUUID().slice(0, 8);
  const last = scenario.visits[at] as ScenarioVisit;
  const before = concurrentGroups(scenario.visits.slice(0, at));
  const measured = measuredVisit(scenario, at, start);
  // Each round has a session of its own: what a visit changes must not speed up the next one.
  const usesCache = last.usesCache || last.pageFrom !== undefined;
  const isSession = before.length > 0 || start !== 'warm' || usesCache;
  let browser = newBrowser(options);

  async function send(index: number): Promise<Measured> {
    if (isSession) browser = newBrowser(options);
    const restore = await setFaultsFor(scenario.faults, config);
    try {
      for (const group of before) {
        await Promise.all(
          group.map((visit, place) => prepare(visit, place === 0 ? browser : newBrowser(options, browser))),
        );
      }
      if (start === 'warm' && !isOpen() && !usesCache) await prepare(last, browser);
      if (start === 'new' && before.length === 0) await prepare(last, newBrowser(options, browser));
      signal.throwIfAborted();
      if (start === 'cold') browser.forgetNames();
      const set = index === 0 ? {} : { set: { id, index, visit: at + 1, start } };
      const sent = sendVisit(measured, { scenario: scenario.name, ...set }, browser, config);
      const { traceId } = await unlessAborted(signal, sent);
      const { spans } = await visitTrace(traceId, measured.expected, config.jaegerUrl, signal);
      return measureTrace(spans, index, measured);
    } finally {
      await restore();
    }
  }

  /** Makes a visit that is not measured; its trace is not waited for. */
  async function prepare(visit: ScenarioVisit, sender: Browser): Promise<void> {
    await sendVisit(visit, {}, sender, config);
  }

  function isOpen(): boolean {
    return browser.kept(browser.httpsUrl(new URL(last.url)).origin) !== undefined;
  }

  return { id, send };
}
