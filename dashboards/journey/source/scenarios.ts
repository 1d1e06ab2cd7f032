// The scenarios that can be sent, and the run under way.

import { signal } from '@preact/signals';
import { go } from './address.ts';
import { fetchJson, runScenario, type ScenarioInfo, type VisitOutcome } from './api.ts';

/** Null until they have been fetched. */
export const scenarios = signal<readonly ScenarioInfo[] | null>(null);

/** Why scenarios could not be fetched or sent; '' when they could. */
export const scenarioProblem = signal('');

/** The run under way: which scenario, and its visits so far. */
export const running = signal<{ name: string; done: VisitOutcome[] } | null>(null);

/** Fetches them unless they are known. */
export async function loadScenarios(): Promise<void> {
  if (scenarios.peek() !== null) return;
  try {
    scenarios.value = (await fetchJson<{ scenarios: ScenarioInfo[] }>('/scenarios')).scenarios;
    scenarioProblem.value = '';
  } catch (error) {
    scenarioProblem.value = (error as Error).message;
  }
}

/** Sends the visits of a scenario, then opens the journey of the first and plays it. */
export async function sendScenario(name: string): Promise<void> {
  running.value = { name, done: [] };
  scenarioProblem.value = '';
  try {
    const visits = await runScenario(name, (visit) => {
      running.value = { name, done: [...(running.peek()?.done ?? []), visit] };
    });
    const [first] = visits;
    if (!first) return;
    const traces = visits.flatMap(({ traceId, task }) => [traceId, ...(task ? [task.traceId] : [])]);
    const run = traces.length > 1 ? `run=${traces.join(',')}&` : '';
    go(`/traces/${first.traceId}?${run}play=1`);
  } catch (error) {
    scenarioProblem.value = (error as Error).message;
    scrollTo(0, 0);
  } finally {
    running.value = null;
  }
}
