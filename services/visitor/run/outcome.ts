// The outcome of one visit of a scenario: its trace is waited for, and compared with what the contract expects.

import { setTimeout as delay } from 'node:timers/promises';
import { INVALID_TRACEID } from '@opentelemetry/api';
import type { ScenarioVisit } from '../../../scenarios/visits.ts';
import type { Expected } from '../../../traces/expected.ts';
import { type WaitedTrace, waitForTrace } from '../../../traces/jaeger.ts';
import { judge } from '../../../traces/judge.ts';
import type { TraceSpan } from '../../../traces/model.ts';
import type { JudgedTrace, VisitOutcome } from '../api.ts';
import { readLinkedFrom } from '../recent/linked-from.ts';
import type { VisitResult } from '../visit/visit.ts';

/** How many characters of a response are shown. */
const PREVIEW_LENGTH = 8192;
/** How long the trace of a background worker is waited for, and how often it is searched, in ms. */
const TASK_TIMEOUT_MS = 10_000;
const TASK_POLL_MS = 50;

/** The addresses of a trace: its page here, and on Jaeger's own page (null without one). */
export type Links = { page: (traceId: string) => string; jaeger: (traceId: string) => Promise<string | null> };

type Reading = { jaegerUrl: string; links: Links; signal: AbortSignal };

/** The outcome of `visit`, which had this result. Throws a TraceBackendUnavailable when traces cannot be read. */
export async function visitOutcome(
  { method, url, expected, task: expectedTask, status: expectedStatus }: ScenarioVisit,
  { traceId, durationMs, response }: VisitResult,
  reading: Reading,
): Promise<VisitOutcome> {
  const { spans, ...trace } = await judgedTrace(traceId, expected, reading);
  const task = expectedTask && (await taskTrace(spans, expectedTask, reading));
  const status = response?.status ?? null;
  return {
    ...trace,
    ...{ method, url, status, durationMs },
    ...(task && { task }),
    ok: status === expectedStatus && isRight(trace) && (task === undefined || isRight(task)),
    preview: response && {
      contentType: response.headers['content-type'] ?? '',
      text: response.body.slice(0, PREVIEW_LENGTH),
    },
  };
}

function isRight({ complete, unexpected }: JudgedTrace): boolean {
  return complete && unexpected.length === 0;
}

async function judgedTrace(traceId: string, expected: Expected, { jaegerUrl, links, signal }: Reading) {
  const { spans, total, complete } = await visitTrace(traceId, expected, jaegerUrl, signal);
  return {
    ...{ traceId, spans, complete },
    ...judge(expected, spans),
    services: [...new Set(spans.map(({ service }) => service))],
    spanCount: total,
    page: links.page(traceId),
    jaeger: await links.jaeger(traceId),
  };
}

/** The trace of a background worker that links to the trace of `sender`; when none arrives in time, that of an id that no trace has. */
async function taskTrace(sender: readonly TraceSpan[], expected: Expected, reading: Reading): Promise<JudgedTrace> {
  const { jaegerUrl, signal } = reading;
  const deadline = performance.now() + TASK_TIMEOUT_MS;
  const label = `${expected.spec.service} ${expected.name}`;
  const find = async () => (await readLinkedFrom(jaegerUrl, sender, signal)).find((each) => each.label === label);
  let found = await find();
  while (found === undefined && performance.now() < deadline) {
    await delay(TASK_POLL_MS, undefined, { signal });
    found = await find();
  }
  const { spans, ...trace } = await judgedTrace(found?.traceId ?? INVALID_TRACEID, expected, reading);
  return trace;
}

/** The trace `traceId`, waited for until every span of `expected` has arrived. Throws as `visitOutcome` does. */
export function visitTrace(
  traceId: string,
  expected: Expected,
  jaegerUrl: string,
  signal: AbortSignal,
): Promise<WaitedTrace> {
  const isComplete = (arrived: TraceSpan[]) => judge(expected, arrived).missing.length === 0;
  return waitForTrace(jaegerUrl, traceId, { isComplete, signal });
}
