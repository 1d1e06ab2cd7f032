// The app's part of every scenario: the visits are sent to a worker, and its spans are compared with the contract.

import { SpanKind } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { app as appSpans } from '../../otel/contract/index.ts';
import { scenarios } from '../../scenarios/scenarios.ts';
import type { ScenarioVisit } from '../../scenarios/visits.ts';
import { databases, type TestApp } from '../../tests/support/app/app.ts';
import { recordSpans } from '../../tests/support/otel.ts';
import { flatten } from '../../traces/expected.ts';
import { judge } from '../../traces/judge.ts';
import type { TraceSpan } from '../../traces/model.ts';

const recorded = recordSpans();
const partOf = (visit: ScenarioVisit) => flatten(visit.expected).find(({ spec }) => spec === appSpans.server);
const ours = scenarios.filter(({ visits }) => visits.some(partOf));

describe.each(databases)('on $database', ({ skip, start }) => {
  let app: TestApp;
  beforeAll(async () => {
    if (!skip) app = await start();
  });
  afterAll(() => app?.stop());
  beforeEach((context) => {
    if (skip) context.skip(skip);
  });

  test.each(ours)('$name leaves exactly the spans of the contract', async ({ visits }) => {
    const visitors = new Map(
      [...new Set(visits.map(({ url }) => new URL(url).host))].map((host) => [host, app.visitor(host)]),
    );
    let page = '';
    for (const visit of visits) {
      const { pathname, search, host } = new URL(visit.url);
      const visitor = visitors.get(host);
      const expected = partOf(visit);
      if (!expected || !visitor) continue;
      recorded.clear();
      const path = pathname + search;
      const answer = visit.form ? await visitor.submitFrom(page, path, visit.form) : await visitor.get(path);
      expect(answer.status).toBe(visit.status);
      await vi.waitFor(() => expect(recorded.all().some(({ parentSpanContext }) => !parentSpanContext)).toBe(true));
      expect(judge(expected, recorded.all().map(toTraceSpan))).toEqual({ missing: [], unexpected: [], extra: [] });
      page = answer.body;
      if (!visit.task) continue;
      const ofTask = () => recorded.all().filter((span) => span.spanContext().traceId !== traceOf(recorded.all()[0]));
      await vi.waitFor(() => expect(ofTask().some(({ kind }) => kind === SpanKind.CONSUMER)).toBe(true));
      expect(judge(visit.task, ofTask().map(toTraceSpan))).toEqual({ missing: [], unexpected: [], extra: [] });
    }
  });
});

function traceOf(span: ReadableSpan | undefined): string | undefined {
  return span?.spanContext().traceId;
}

function toTraceSpan(span: ReadableSpan): TraceSpan {
  const ms = ([seconds, nanos]: [number, number]) => seconds * 1000 + nanos / 1e6;
  return {
    spanId: span.spanContext().spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? null,
    service: 'app',
    scope: span.instrumentationScope.name,
    name: span.name,
    kind: span.kind,
    start: ms(span.startTime),
    duration: ms(span.duration),
    attributes: span.attributes,
    events: span.events.map(({ name, time, attributes = {} }) => ({ name, time: ms(time), attributes })),
    error: span.status.message ?? null,
  } as TraceSpan;
}
