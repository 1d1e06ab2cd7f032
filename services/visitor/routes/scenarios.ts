// GET /scenarios: lists the scenarios. POST /scenarios/<name>: sends one, and reports each visit as it is complete.

import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import { type Route, route } from '../../../runtime/control/route.ts';
import { flag, object } from '../../../runtime/control/schema.ts';
import { Problem } from '../../../runtime/http/problem.ts';
import { log } from '../../../runtime/log.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { findScenario, scenarios } from '../../../scenarios/scenarios.ts';
import { jaegerHasPage, TracesAway } from '../../../traces/jaeger.ts';
import type { RunLine, ScenarioSummary } from '../api.ts';
import type { VisitorParts } from '../parts.ts';
import type { Links } from '../run/outcome.ts';
import { runScenario } from '../run/run.ts';

const runBody = v.optional(object({ warm: v.optional(flag(), false) }), {});

type RunRequest = { warm: boolean; gone: AbortSignal; links: Links };

export function scenarioRoutes({ config, browsers, runQueue, closing }: VisitorParts): Route[] {
  const linksFor = ({ headers }: IncomingMessage): Links => ({
    page: (traceId) => `http://${headers.host}/traces/${traceId}`, // the name by which the client reaches it
    jaeger: async (traceId) =>
      (await jaegerHasPage(config.jaegerUrl)) ? `${config.jaegerPageUrl}/trace/${traceId}` : null,
  });

  /** The lines of a run, each a RunLine as JSON. */
  async function* runLines(scenario: Scenario, { warm, gone, links }: RunRequest): AsyncGenerator<string> {
    const line = (said: RunLine) => `${JSON.stringify(said)}\n`;
    const signal = AbortSignal.any([gone, closing]);
    let endRun = () => {};
    let ok = true;
    try {
      endRun = await runQueue.acquire(signal);
      for await (const outcome of runScenario(scenario, { config, browsers, links, warm, signal })) {
        ok &&= outcome.ok;
        yield line({ type: 'visit', ...outcome });
      }
      yield line({ type: 'end', scenario: scenario.name, ok });
    } catch (error) {
      if (!gone.aborted) yield line({ type: 'error', error: runError(error) });
    } finally {
      endRun();
    }
  }

  return [
    route('GET /scenarios', () => ({ body: { scenarios: scenarios.map(scenarioSummary) } })),
    route('POST /scenarios/:name', runBody, ({ params, body, request, signal }) => {
      const scenario = findScenario(params.name);
      if (scenario === undefined) {
        throw new Problem(404, 'no_scenario', `There is no scenario "${params.name}". GET /scenarios lists them.`);
      }
      runQueue.refuseWhenFull();
      const lines = runLines(scenario, { warm: body.warm ?? false, gone: signal, links: linksFor(request) });
      return { headers: { 'content-type': 'application/x-ndjson' }, body: lines };
    }),
  ];
}

function scenarioSummary({ name, title, story, sentence, look, visits }: Scenario): ScenarioSummary {
  const sent = visits.map(({ method, url, status }) => ({ method, url, status }));
  return { name, title, story, sentence, look, visits: sent };
}

function runError(error: unknown): { code: string; message: string } {
  if (error instanceof Problem) return { code: error.code, message: error.message };
  if (error instanceof TracesAway) return { code: 'traces_unavailable', message: error.message };
  if (error instanceof Error && error.name === 'AbortError') {
    return { code: 'closing', message: 'The visitor is shutting down' };
  }
  log.error({ err: error }, 'a scenario failed');
  return { code: 'internal', message: "Internal error: see the visitor's log" };
}
