// OpenTelemetry's own instrumentations, switched on beside ours: they add spans, and the lab's stay as they are.

import { afterAll, describe, expect, test } from 'vitest';
import { sendScenario } from '../lab/cli/send.ts';
import { scenarios } from '../scenarios/scenarios.ts';
import { type Lab, startLab } from './lab.ts';
import { noPostgresql, startPostgresql } from './support/app/postgresql.ts';

type Setting = { names: string; extra: string[]; database?: boolean };

/** What is switched on, and spans that it must then leave beside ours: who left them, and what they are called. */
const settings: Setting[] = [
  { names: 'http,net,dns', extra: ['visitor GET', 'visitor tcp.connect', 'proxy GET', 'gateway GET', 'app GET'] },
  { names: 'undici', extra: ['gateway GET'] },
  { names: 'pg', extra: ['app pg.query:SELECT postgres'], database: true },
];

describe.for(settings)('with OTEL_NODE_ENABLED_INSTRUMENTATIONS=$names', ({ names, extra, database = false }) => {
  let lab: Lab;
  const ends: (() => Promise<unknown>)[] = [];
  afterAll(() => Promise.all(ends.map((end) => end())));

  test("every scenario leaves the lab's spans as they are, and the lab's own errands leave none", async ({ skip }) => {
    if (database && noPostgresql) skip(noPostgresql);
    const postgresql = database ? await startPostgresql() : undefined;
    lab = await startLab({
      OTEL_NODE_ENABLED_INSTRUMENTATIONS: names,
      ...(postgresql && { WAYBILL_DATABASE_URL: postgresql.url }),
    });
    ends.push(async () => {
      await lab.stop();
      await postgresql?.stop();
    });

    const seen = new Set<string>();
    const traces = new Set<string>();
    for (const scenario of scenarios) {
      const outcomes = await sendScenario(scenario, lab.config);
      for (const { extra, traceId } of outcomes) {
        traces.add(traceId);
        for (const each of extra) seen.add(each);
      }
      expect(
        outcomes.map(({ status, complete, missing, unexpected }) => ({ status, complete, missing, unexpected })),
        scenario.name,
      ).toEqual(scenario.visits.map(({ status }) => ({ status, complete: true, missing: [], unexpected: [] })));
    }
    expect([...seen]).toEqual(expect.arrayContaining(extra));
    expect(await filedTraces(lab)).toEqual([...traces].sort());
  }, 120_000);
});

/** The ids of all traces that are filed. */
async function filedTraces({ config: { jaegerUrl } }: Lab): Promise<string[]> {
  const always = 'query.startTimeMin=2020-01-01T00:00:00Z&query.startTimeMax=2100-01-01T00:00:00Z';
  const response = await fetch(`${jaegerUrl}/api/v3/trace-summaries?${always}&query.searchDepth=1000`);
  const { summaries } = (await response.json()) as { summaries: { traceId: string; rootOperationName: string }[] };
  return summaries.map(({ traceId }) => traceId).sort();
}
