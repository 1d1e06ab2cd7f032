// Sends the visits of a scenario through the visitor, one after the other, waits for each trace, and judges it.

import { randomUUID } from 'node:crypto';
import type { Scenario } from '../scenarios/scenarios.ts';
import type { Visit } from '../scenarios/visits.ts';
import { jaegerPage, waitForTrace } from '../traces/jaeger.ts';
import { judge, type Verdict } from '../traces/judge.ts';
import type { TraceSpan } from '../traces/model.ts';
import { LabError } from './command.ts';
import type { LabConfig } from './config.ts';

/** One visit as it went: the fields of `--json`, and the spans for those who draw them. */
export type Outcome = Verdict & {
  traceId: string;
  method: string;
  url: string;
  /** Null when no response came. */
  status: number | null;
  durationMs: number;
  complete: boolean;
  services: string[];
  spanCount: number;
  /** The trace as a plain page, and on Jaeger's own page (null without one). */
  page: string;
  jaeger: string | null;
  /** Whether the answer and the trace are as the contract says. */
  ok: boolean;
  spans: TraceSpan[];
};

/** Sends one visit as `browser` (its cookies and connections) and reads its trace back. Throws a LabError when the lab is away. */
export async function sendVisit(visit: Visit, browser: string, { visitorUrl, jaegerUrl }: LabConfig): Promise<Outcome> {
  const { method, url, form, way } = visit;
  const order = {
    method,
    url,
    form,
    browser,
    connection: way.connection,
    cold: way.connection === 'new' && way.cache === 'miss',
  };
  const { traceId, status, durationMs } = await askVisitor(visitorUrl, order);

  const isComplete = (spans: TraceSpan[]) => judge(visit.expected, spans).missing.length === 0;
  const { spans, total, complete } = await orAway(jaegerUrl, waitForTrace(jaegerUrl, traceId, { isComplete }));
  const verdict = judge(visit.expected, spans);
  return {
    traceId,
    method,
    url,
    status,
    durationMs,
    complete,
    ...verdict,
    services: [...new Set(spans.map(({ service }) => service))],
    spanCount: total,
    page: `${visitorUrl}/traces/${traceId}`,
    jaeger: await jaegerPage(jaegerUrl, `/trace/${traceId}`),
    ok: complete && status === visit.status && verdict.unexpected.length === 0,
    spans,
  };
}

/** Sends every visit of a scenario, in order, as one new browser; `onVisit` is told of each as it is done. */
export async function sendScenario(
  { visits, gateway, reload }: Scenario,
  config: LabConfig,
  onVisit: (outcome: Outcome, visit: Visit) => void = () => {},
): Promise<Outcome[]> {
  const browser = randomUUID();
  const outcomes: Outcome[] = [];
  let reloaded: Promise<unknown> = Promise.resolve();
  if (gateway) await askGateway(config, 'PUT', 'settings', gateway);
  try {
    for (const group of groups(visits)) {
      // Letters at the same time come from different people: a browser would keep but one connection.
      const browsers = group.map((_, index) => (index === 0 ? browser : randomUUID()));
      const sent = await Promise.all(group.map((visit, index) => sendVisit(visit, browsers[index] ?? browser, config)));
      for (const [index, outcome] of sent.entries()) onVisit(outcome, group[index] as Visit);
      if (reload && outcomes.length === 0) reloaded = askGateway(config, 'POST', 'reload');
      reloaded.catch(() => {}); // told when all visits are done
      outcomes.push(...sent);
    }
    await reloaded;
  } finally {
    if (gateway) await askGateway(config, 'DELETE', 'settings');
  }
  return outcomes;
}

/** Visits that are sent at the same time, in one group. */
function groups(visits: Visit[]): Visit[][] {
  const found: Visit[][] = [];
  for (const visit of visits) {
    if (visit.together) found.at(-1)?.push(visit);
    else found.push([visit]);
  }
  return found;
}

/** Turns the gateway's knobs, by way of the visitor. */
async function askGateway({ visitorUrl }: LabConfig, method: string, what: string, body?: object): Promise<void> {
  const asked = fetch(`${visitorUrl}/gateway/${what}`, { method, ...(body && { body: JSON.stringify(body) }) });
  const response = await orAway(visitorUrl, asked);
  if (!response.ok) throw new LabError(((await response.json()) as { error: { message: string } }).error.message);
}

type Answer = Pick<Outcome, 'traceId' | 'status' | 'durationMs'>;

async function askVisitor(visitorUrl: string, order: object): Promise<Answer> {
  const response = await orAway(
    visitorUrl,
    fetch(`${visitorUrl}/visits`, { method: 'POST', body: JSON.stringify(order) }),
  );
  const answer = (await response.json()) as Answer & { error?: { message: string } };
  if (!response.ok) throw new LabError(answer.error?.message ?? `${response.url} answered ${response.status}`);
  return answer;
}

/** Turns "nobody listens there" into what to do about it. */
async function orAway<T>(url: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // fetch's own, for a connection that failed
    throw new LabError(`Nobody answers at ${url}. Is the lab up? Start it in another terminal: npm start`);
  }
}
