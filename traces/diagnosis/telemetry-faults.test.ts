// Every fault of the telemetry, at every service that can have it, is named by the diagnosis of the trace: what, and where.

import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TELEMETRY_FAULTS, type TelemetryFaultName } from '../../otel/faults/table.ts';
import { type FaultsByService, traceAgain } from '../../tests/support/traces/trace-again.ts';
import { spansOf, type TraceSpan, type TracesData } from '../model.ts';
import { diagnose } from './diagnose.ts';
import type { Finding } from './finding.ts';
import { type Outline, outlineOf } from './outline.ts';

const file = new URL('../../bench/tools/journeys.json', import.meta.url);
const { dynamic } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, TracesData['resourceSpans']>;
const recorded = spansOf({ resourceSpans: dynamic ?? [] });
const [{ start: BEGAN }] = recorded as [TraceSpan];
/** Before it, from the same route. */
const alike = [1, 2, 3].map((n) => outlineOf(at(BEGAN - n * 4000)));

beforeEach(() => {
  vi.useFakeTimers({ now: BEGAN });
});
afterEach(() => {
  vi.useRealTimers();
});

/** The recorded trace as if it had begun at `start`, `scale` times as long. */
function at(start: number, scale = 1): TraceSpan[] {
  return recorded.map((span) => ({
    ...span,
    start: start + (span.start - BEGAN) * scale,
    duration: span.duration * scale,
    events: span.events.map((event) => ({ ...event, time: start + (event.time - BEGAN) * scale })),
  }));
}

type Options = { spans?: TraceSpan[]; since?: number; like?: Outline[]; wait?: number };

/** What is wrong with every trace that is exported with `faults`, the one of the visitor first. */
async function findings(
  faults: FaultsByService,
  { spans = recorded, since, like = alike, wait = 4000 }: Options = {},
): Promise<Finding[]> {
  const exported = await traceAgain(spans, faults, since);
  await vi.advanceTimersByTimeAsync(wait);
  const traces = [...Map.groupBy(exported(), ({ traceId }) => traceId).values()];
  const outlines = traces.map(outlineOf);
  return traces.flatMap((each, index) => diagnose(each, { near: outlines.toSpliced(index, 1), alike: like }));
}

const CALLER: Record<string, string> = {
  dns: 'visitor',
  router: 'visitor',
  proxy: 'visitor',
  gateway: 'proxy',
  app: 'gateway',
};
const NEXT: Record<string, string> = { visitor: 'proxy', proxy: 'gateway', gateway: 'app' };
/** The name of a service as a side of a hop. */
const side = (service: string) => (service === 'router' ? 'router corner' : service);
const between = (service: string, next: string | undefined) => `${side(service)} → ${side(String(next))}`;
const isLost = (service: string): Expected =>
  service === 'visitor' ? ['orphans', service] : ['missing-service', service];

type Expected = [kind: string, hop: string];
/** By fault: the values that are tried, and what is found where. */
const EXPECTED: Partial<Record<TelemetryFaultName, [values: unknown[], expected: (service: string) => Expected]>> = {
  context: [['dropped', 'b3', 'malformed'], (service) => ['context-lost', between(service, NEXT[service])]],
  option: [[true], (service) => ['context-lost', `${service} → dns`]],
  field: [[true], (service) => ['context-lost', between(service, service === 'router' ? 'router north' : 'router')]],
  newTrace: [[true], (service) => ['context-lost', between(String(CALLER[service]), service)]],
  exports: [['off', 'refused', 'late'], isLost],
  clock: [[500, -500], (service) => ['clock-skew', service === 'app' ? 'app app-1' : service]],
  ratio: [[0], (service) => (service === 'visitor' ? ['orphans', 'visitor → proxy'] : isLost(service))],
  serviceName: [[true], (service) => ['unknown-service', service]],
  names: [[true], (service) => ['span-names', service]],
  unended: [[true], (service) => (service === 'router' ? isLost(service) : ['orphans', service])],
  baggage: [[true], (service) => ['baggage', between(service, NEXT[service])]],
  length: [[10], (service) => ['limits', service]],
  limit: [[4], (service) => ['limits', service]],
};

const CASES = Object.entries(EXPECTED).flatMap(([name, [values, expected]]) =>
  TELEMETRY_FAULTS[name as TelemetryFaultName].services.flatMap((service) =>
    values.map((value) => ({ service, name, value, expected: expected(service) })),
  ),
);

describe('a fault of the telemetry is named', () => {
  test.for(CASES)('$service: $name=$value', async ({ service, name, value, expected: [kind, hop] }) => {
    const found = await findings({ [service]: { [name]: value } });
    expect(found[0]).toMatchObject({ kind, hop });
    expect(new Set(found.map((each) => each.kind))).toEqual(new Set([kind]));
  });

  test.for(TELEMETRY_FAULTS.exports.services)('%s.telemetry.exports=queue', async (service) => {
    const hop = service === 'router' ? 'router harbour' : service;
    expect(await findings({ [service]: { exports: 'queue' } })).toMatchObject([
      { kind: service === 'router' ? 'missing-service' : 'orphans', hop },
    ]);
  });

  test.for(TELEMETRY_FAULTS.drift.services)('%s.telemetry.drift', async (service) => {
    const since = BEGAN - 10_000;
    const drifting = async (start: number) => {
      const exported = await traceAgain(at(start), { [service]: { drift: 200 } }, since);
      await vi.advanceTimersByTimeAsync(100);
      return outlineOf(exported());
    };
    const like = [await drifting(BEGAN - 6000), await drifting(BEGAN - 3000)];
    const found = await findings({ [service]: { drift: 200 } }, { since, like });
    expect(found).toContainEqual(expect.objectContaining({ kind: 'clock-drift' }));
    expect(found[0]).toMatchObject({ kind: 'clock-skew', hop: service === 'app' ? 'app app-1' : service });
  });

  test.for(TELEMETRY_FAULTS.tail.services)('%s.telemetry.tail, of a quick request', async (service) => {
    const [kind, hop] = isLost(service);
    expect(await findings({ [service]: { tail: true } }, { spans: at(BEGAN, 0.1) })).toMatchObject([{ kind, hop }]);
  });

  test.for(TELEMETRY_FAULTS.status.services)('%s.telemetry.status, of a request that fails', async (service) => {
    const spans = recorded.map((span) => {
      if (span.service !== service) return span;
      return { ...span, status: 'error' as const, attributes: { ...span.attributes, 'error.type': 'timeout' } };
    });
    expect(await findings({ [service]: { status: true } }, { spans })).toContainEqual(
      expect.objectContaining({ kind: 'unset-status', hop: service }),
    );
  });

  test('several at once, each', async () => {
    const found = await findings({
      dns: { exports: 'off' },
      proxy: { clock: -500, names: true },
      app: { newTrace: true },
    });
    expect(new Set(found.map(({ kind, hop }) => `${kind} ${hop}`))).toEqual(
      new Set(['missing-service dns', 'clock-skew proxy', 'span-names proxy', 'context-lost gateway → app']),
    );
  });
});

test('without a fault nothing is found', async () => {
  expect(await findings({})).toEqual([]);
});

test('spans that are exported late make the trace whole when they arrive', async () => {
  expect(await findings({ dns: { exports: 'late' } }, { wait: 5100 })).toEqual([]);
});

test('with ParentBased at every service, a trace is there as a whole or not at all', async () => {
  const called = Object.fromEntries(TELEMETRY_FAULTS.parentBased.services.map((each) => [each, { parentBased: true }]));
  expect(await findings(called)).toEqual([]);
  const exported = await traceAgain(recorded, { ...called, visitor: { ratio: 0 } });
  await vi.advanceTimersByTimeAsync(100);
  expect(exported()).toEqual([]);
});

test('tail sampling keeps a trace with a slow span', async () => {
  expect(await findings({ gateway: { tail: true } }, { spans: at(BEGAN, 8) })).toEqual([]);
});

test('a process is killed before the spans of its next request are exported', async () => {
  const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
  const exported = await traceAgain(
    recorded.filter(({ service }) => service === 'dns'),
    { dns: { exports: 'killed' } },
  );
  await vi.advanceTimersByTimeAsync(5);
  expect(exit).toHaveBeenCalledWith(137);
  expect(exported()).toEqual([]);
  exit.mockRestore();
});
