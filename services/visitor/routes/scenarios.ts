// GET /scenarios: what can be sent. POST /scenarios/<name>: sends one, and tells of each visit as it is done.

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

const run = v.optional(object({ warm: v.optional(flag(), false) }), {});

type RunOptions = { warm: boolean; gone: AbortSignal; links: Links };

/** The routes of scenarios. */
export function scenarioRoutes({ config, browsers, turns, closing }: VisitorParts): Route[] {
  const { jaegerUrl, jaegerPageUrl } = config;

  const linksFor = ({ headers }: IncomingMessage): Links => ({
    page: (traceId) => `http://${headers.host}/traces/${traceId}`, // the name by which the client reaches it
    jaeger: async (traceId) => ((await jaegerHasPage(jaegerUrl)) ? `${jaegerPageUrl}/trace/${traceId}` : null),
  });

  async function* lines(scenario: Scenario, { warm, gone, links }: RunOptions): AsyncGenerator<RunLine> {
    const signal = AbortSignal.any([gone, closing]);
    let endTurn = () => {};
    let ok = true;
    try {
      endTurn = await turns.take(signal);
      for await (const outcome of runScenario(scenario, { config, browsers, links }, { warm, signal })) {
        ok &&= outcome.ok;
        yield { type: 'visit', ...outcome };
      }
      yield { type: 'end', scenario: scenario.name, ok };
    } catch (error) {
      if (!gone.aborted) yield { type: 'error', error: problemOf(error) };
    } finally {
      endTurn();
    }
  }

  return [
    route('GET /scenarios', () => ({ body: { scenarios: scenarios.map(summaryOf) } })),
    route('POST /scenarios/:name', run, ({ params, body, request, signal }) => {
      const scenario = findScenario(params.name);
      if (scenario === undefined) throw new Problem(404, 'no_scenario', `There is no scenario "${params.name}"`);
      turns.refuseWhenFull();
      const told = lines(scenario, { warm: body.warm ?? false, gone: signal, links: linksFor(request) });
      return { headers: { 'content-type': 'application/x-ndjson' }, body: asText(told) };
    }),
  ];
}

function summaryOf({ name, title, story, sentence, look, visits }: Scenario): ScenarioSummary {
  return {
    name,
    title,
    story,
    sentence,
    look,
    visits: visits.map(({ method, url, status }) => ({ method, url, status })),
  };
}

function problemOf(error: unknown): { code: string; message: string } {
  if (error instanceof Problem) return { code: error.code, message: error.message };
  if (error instanceof TracesAway) return { code: 'traces_away', message: error.message };
  if (error instanceof Error && error.name === 'AbortError')
    return { code: 'closing', message: 'The visitor is told to end' };
  log.error({ err: error }, 'a scenario could not be run');
  return { code: 'internal', message: 'Internal error; the log says more' };
}

async function* asText(lines: AsyncIterable<RunLine>): AsyncGenerator<string> {
  for await (const line of lines) yield `${JSON.stringify(line)}\n`;
}
