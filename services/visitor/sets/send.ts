// Sends one scenario, or two in turns, many times, each from a given start state: what a comparison is made of.
//
//   round 0: not measured   round 1: a b   round 2: b a   round 3: a b   …

import { randomUUID } from 'node:crypto';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { type ScenarioVisit, type Start, visitFrom } from '../../../scenarios/visits.ts';
import { readTrace } from '../../../traces/jaeger.ts';
import { type Sample, sampleOf } from '../../../traces/statistics/sample.ts';
import type { SetLine, StartState } from '../api.ts';
import { setFaultsFor } from '../faults.ts';
import { concurrentGroups, type RunOptions, visitOnce } from '../run/run.ts';
import type { createRunQueue } from '../run/run-queue.ts';
import { makeVisit } from '../visit/visit.ts';

/** What one side sends: of `scenario` the visits before `visit` not measured, that one from `start`. */
export type SentSide = { scenario: Scenario; visit: number; start: StartState };

type Options = Omit<RunOptions, 'warm'> & { runQueue: ReturnType<typeof createRunQueue> };

/** Sends each of `sides` `times` times, and yields the line of each request. Between rounds other runs may go. Throws as `runScenario` does. */
export async function* sendSets(sides: readonly SentSide[], times: number, options: Options): AsyncGenerator<SetLine> {
  const senders = sides.map((side) => createSender(side, options));
  yield { type: 'begin', sets: senders.map(({ id }) => id) };
  for (let index = 0; index <= times; index++) {
    const endRun = await options.runQueue.acquire(options.signal);
    try {
      const order = [...senders.entries()];
      if (index % 2 === 0) order.reverse(); // the first of a round may warm something up for the second
      for (const [side, { send }] of order) {
        yield { type: 'visit', side, index, ...(await send(index)) };
      }
    } finally {
      endRun();
    }
  }
  yield { type: 'end' };
}

function createSender({ scenario, visit: at, start }: SentSide, options: Options) {
  const { config, browsers, signal } = options;
  const id = randomUUID().slice(0, 8);
  const last = scenario.visits[at] as ScenarioVisit;
  const before = concurrentGroups(scenario.visits.slice(0, at));
  const measured = visitFrom(startOf(last, start), last);
  // Each round has a session of its own: what a visit changes must not speed up the next one.
  const isSession = before.length > 0 || start !== 'warm';
  let browser: string = randomUUID();

  async function send(index: number): Promise<{ sample: Sample | null; failure: string | null }> {
    if (isSession) browser = randomUUID();
    const restore = await setFaultsFor(scenario.faults, config);
    try {
      for (const group of before) {
        await Promise.all(group.map((visit, place) => prepare(visit, place === 0 ? browser : randomUUID())));
      }
      if (start === 'warm' && !isOpen()) await prepare(last, browser);
      if (start === 'new' && before.length === 0) await prepare(last, randomUUID());
      signal.throwIfAborted();
      const set = index === 0 ? {} : { set: { id, index } };
      const sender = { browser, scenario: scenario.name, ...set };
      const { traceId, status, complete } = await visitOnce(measured, sender, options);
      if (status !== last.status) return { sample: null, failure: String(status ?? 'no answer') };
      if (!complete) return { sample: null, failure: 'incomplete trace' };
      const { spans } = await readTrace(config.jaegerUrl, traceId, signal);
      return { sample: sampleOf(spans, index) ?? null, failure: null };
    } finally {
      await restore();
    }
  }

  /** Makes a visit that is not measured; its trace is not waited for. */
  async function prepare(
    { method, url, form, start: { connection }, tls }: ScenarioVisit,
    name: string,
  ): Promise<void> {
    const request = { method, url: new URL(url), connection, ...(form && { form }), ...(tls && { tls }) };
    await makeVisit(request, browsers.find(name), config);
  }

  function isOpen(): boolean {
    const known = browsers.find(browser);
    return known.kept(known.httpsUrl(new URL(last.url)).origin) !== undefined;
  }

  return { id, send };
}

function startOf({ start }: ScenarioVisit, state: StartState): Start {
  if (state === 'warm') return { connection: 'kept' };
  const cache = state === 'cold' ? 'miss' : 'hit';
  return start.connection === 'kept' ? { connection: 'new', cache } : { ...start, cache };
}
