// GET /scenarios: lists the scenarios. POST /scenarios/<name>: sends one, and reports each visit as it is complete.

import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import { type Reply, type Route, route } from '../../../runtime/control/route.ts';
import { flag, object } from '../../../runtime/control/schema.ts';
import { ApiError } from '../../../runtime/http/api-error.ts';
import { log } from '../../../runtime/log.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { findScenario, scenarios } from '../../../scenarios/scenarios.ts';
import { jaegerHasPage, TraceBackendUnavailable } from '../../../traces/jaeger.ts';
import type { RunLine, ScenarioSummary } from '../api.ts';
import type { VisitorConfig } from '../config.ts';
import type { VisitorParts } from '../parts.ts';
import type { Links } from '../run/outcome.ts';
import { runScenario } from '../run/run.ts';

const runBody = v.optional(object({ warm: v.optional(flag(), false) }), {});

type RunRequest = { warm: boolean; gone: AbortSignal; links: Links };

export function scenarioRoutes({ config, browsers, runQueue, closing }: VisitorParts): Route[] {
  async function* runLines(scenario: Scenario, { warm, gone, links }: RunRequest): AsyncGenerator<RunLine> {
    const signal = AbortSignal.any([gone, closing]);
    let ok = true;
    const endRun = await runQueue.acquire(signal);
    try {
      for await (const outcome of runScenario(scenario, { config, browsers, links, warm, signal })) {
        ok &&= outcome.ok;
        yield { type: 'visit', ...outcome };
      }
      yield { type: 'end', scenario: scenario.name, ok };
    } finally {
      endRun();
    }
  }

  return [
    route('GET /scenarios', () => ({ body: { scenarios: scenarios.map(scenarioSummary) } })),
    route('POST /scenarios/:name', runBody, ({ params, body, request, signal }) => {
      const scenario = findScenario(params.name);
      if (scenario === undefined) {
        throw new ApiError(404, 'no_scenario', `There is no scenario "${params.name}". GET /scenarios lists them.`);
      }
      runQueue.refuseWhenFull();
      const links = linksFor(request, config);
      return linesReply(runLines(scenario, { warm: body.warm, gone: signal, links }), signal);
    }),
  ];
}

/** Replies with one line of JSON for each of `lines`; an error becomes the last line, unless the client is `gone`. */
export function linesReply(lines: AsyncIterable<object>, gone: AbortSignal): Reply {
  async function* texts(): AsyncGenerator<string> {
    try {
      for await (const line of lines) yield `${JSON.stringify(line)}\n`;
    } catch (error) {
      if (!gone.aborted) yield `${JSON.stringify({ type: 'error', error: runError(error) })}\n`;
    }
  }
  return { headers: { 'content-type': 'application/x-ndjson' }, body: texts() };
}

/** Links to a trace, for the client that sent `request`: under the name by which it reaches the visitor, or the proxy before it. */
function linksFor({ headers }: IncomingMessage, { jaegerUrl, jaegerPageUrl }: VisitorConfig): Links {
  const [host] = String(headers['x-forwarded-host'] ?? headers.host).split(',');
  const scheme = /^https\b/i.test(String(headers['x-forwarded-proto'])) ? 'https' : 'http';
  return {
    page: (traceId) => `${scheme}://${host}/traces/${traceId}`,
    jaeger: async (traceId) => ((await jaegerHasPage(jaegerUrl)) ? `${jaegerPageUrl}/trace/${traceId}` : null),
  };
}

function scenarioSummary({ name, title, story, sentence, look, visits }: Scenario): ScenarioSummary {
  const sent = visits.map(({ method, url, status }) => ({ method, url, status }));
  return { name, title, story, sentence, look, visits: sent };
}

function runError(error: unknown): { code: string; message: string } {
  if (error instanceof ApiError) return { code: error.code, message: error.message };
  if (error instanceof TraceBackendUnavailable) return { code: 'traces_unavailable', message: error.message };
  if (error instanceof Error && error.name === 'AbortError') {
    return { code: 'closing', message: 'The visitor is shutting down' };
  }
  log.error({ err: error }, 'a scenario failed');
  return { code: 'internal', message: "Internal error: see the visitor's log" };
}
