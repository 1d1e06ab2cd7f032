// What a command is about: a scenario or an address of the lab, which is requested, or a stored trace.

import { didYouMean } from '../../runtime/nearest.ts';
import { findScenario, scenarios } from '../../scenarios/scenarios.ts';
import type { Traces } from '../../services/visitor/api.ts';
import { parseTraceId } from '../../traces/model.ts';
import { rootsOf } from '../../traces/tree.ts';
import type { LabConfig } from '../config.ts';
import { LabError } from './command.ts';
import { askVisitor, type Outcome, pageOf, readTrace, type Sending, sendScenario, sendVisit } from './send.ts';

const TRACE_ID = /^([0-9a-f]{16}|[0-9a-f]{32})$/i;
/** How many recent traces are suggested from. */
const RECENT = 100;

/** The visits that were sent, or the one of a stored trace. */
export type Subject = { name: string; outcomes: Outcome[] };

/** Sends or reads what `typed` names. Throws a LabError with the nearest name when it names nothing. */
export async function findSubject(typed: string, config: LabConfig, sending: Sending = {}): Promise<Subject> {
  const scenario = findScenario(typed);
  if (scenario) return { name: scenario.name, outcomes: await sendScenario(scenario, config, sending) };
  if (isAddress(typed)) {
    const outcome = await sendVisit(addressOf(typed), config);
    await sending.onVisit?.(outcome);
    return { name: 'request', outcomes: [outcome] };
  }
  if (TRACE_ID.test(typed)) return { name: 'trace', outcomes: [await storedTrace(typed, config)] };
  throw new LabError(await unknown(typed, config));
}

/** Whether this is an address rather than a name. */
export function isAddress(typed: string): boolean {
  return typed.includes('://');
}

function addressOf(typed: string): URL {
  const url = URL.parse(typed);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new LabError(
    `"${typed}" is not an address that the lab can request: it begins with http:// or https://, such as http://tatis.test/`,
  );
}

async function storedTrace(typed: string, config: LabConfig): Promise<Outcome> {
  const traceId = parseTraceId(typed) as string;
  const { spans, spanCount } = await readTrace(traceId, config);
  if (spans.length === 0) throw new LabError(await unknown(typed, config));
  const roots = rootsOf(spans);
  const { attributes = {}, duration = 0 } = roots[0] ?? {};
  const status = attributes['http.response.status_code'];
  return {
    ...{ traceId, spans, spanCount, durationMs: duration, complete: roots.length === 1, jaeger: null, preview: null },
    method: String(attributes['http.request.method'] ?? ''),
    url: String(attributes['url.full'] ?? attributes['url.path'] ?? ''),
    status: typeof status === 'number' ? status : null,
    ...{ missing: [], unexpected: [], extra: [] },
    services: [...new Set(spans.map(({ service }) => service))],
    page: pageOf(traceId, config),
    ok: roots.length === 1,
  };
}

async function unknown(typed: string, config: LabConfig): Promise<string> {
  const isId = /^[0-9a-f]{6,}$/i.test(typed);
  const names = scenarios.map(({ name }) => name);
  if (!isId) {
    return `There is no scenario "${typed}".${didYouMean(typed, names)} The scenarios are:\n\n  ${names.join(', ')}\n\nAn address (http://tatis.test/) or a trace id works as well.`;
  }
  const response = await askVisitor(config, `/traces?limit=${RECENT}`);
  const recent = ((await response.json()) as Traces).traces.map(({ traceId }) => traceId);
  return `Trace ${typed} was not found.${didYouMean(typed.toLowerCase(), recent)} The recent traces: npm run traces`;
}
