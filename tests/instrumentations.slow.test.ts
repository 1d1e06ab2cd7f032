// OpenTelemetry's own instrumentations, all at once beside ours: they add spans, and the lab's stay as they are.

import { afterAll, describe, expect, test } from 'vitest';
import { sendScenario } from '../lab/cli/send.ts';
import { type Lab, startLab } from '../lab/fixture.ts';
import { scenarios } from '../scenarios/scenarios.ts';
import { noPostgresql, startPostgresql } from './support/app/postgresql.ts';

const NAMES = 'http,net,dns,undici,pg';

/** Spans that they add beside ours, by service and name. */
const EXTRA = ['visitor GET', 'visitor tcp.connect', 'proxy GET', 'gateway GET', 'app GET'];

describe(`with OTEL_NODE_ENABLED_INSTRUMENTATIONS=${NAMES}`, () => {
  const ends: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const end of ends) await end();
  });

  test("every scenario leaves the lab's spans as they are, and the lab's own errands leave none", async () => {
    const postgresql = noPostgresql ? undefined : await startPostgresql();
    if (!postgresql) console.log(`without the spans of pg: ${noPostgresql}`);
    const lab = await startLab({
      OTEL_NODE_ENABLED_INSTRUMENTATIONS: NAMES,
      ...(postgresql && { WAYBILL_DATABASE_URL: postgresql.url }),
    });
    ends.push(lab.stop, async () => postgresql?.stop());

    const seen = new Set<string>();
    const traces = new Set<string>();
    for (const scenario of scenarios) {
      const outcomes = await sendScenario(scenario, lab.config);
      for (const { extra, traceId, task } of outcomes) {
        traces.add(traceId);
        if (task) traces.add(task.traceId);
        for (const each of extra) seen.add(each);
      }
      expect(
        outcomes.map(({ status, complete, missing, unexpected }) => ({ status, complete, missing, unexpected })),
        scenario.name,
      ).toEqual(scenario.visits.map(({ status }) => ({ status, complete: true, missing: [], unexpected: [] })));
    }
    const expected = [...EXTRA, ...(postgresql ? ['app pg.query:SELECT postgres'] : [])];
    expect([...seen]).toEqual(expect.arrayContaining(expected));
    expect(await filedTraces(lab)).toEqual([...traces].sort());
  });
});

/** The ids of all stored traces. */
async function filedTraces({ config: { jaegerUrl } }: Lab): Promise<string[]> {
  const always = 'query.startTimeMin=2020-01-01T00:00:00Z&query.startTimeMax=2100-01-01T00:00:00Z';
  const response = await fetch(`${jaegerUrl}/api/v3/trace-summaries?${always}&query.searchDepth=1000`);
  const { summaries } = (await response.json()) as { summaries: { traceId: string; rootOperationName: string }[] };
  return summaries.map(({ traceId }) => traceId).sort();
}
