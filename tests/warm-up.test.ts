// The requests by which a lab warms up before the first visit leave nothing behind.

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runLines } from '../lab/cli/send.ts';
import { type Lab, startLab } from '../lab/fixture.ts';
import { processes } from '../lab/runner/processes.ts';
import { WARM_UP_TRACE_ID } from '../otel/warm-up.ts';
import type { Traces, VisitAnswer } from '../services/visitor/api.ts';

let lab: Lab;
beforeAll(async () => {
  const metrics = { OTEL_METRICS_EXPORTER: 'prometheus' };
  lab = await startLab({
    WAYBILL_WARM_UP: '24',
    WAYBILL_MAX_REQUESTS: '3',
    WAYBILL_MAX_REQUESTS_JITTER: '0',
    ...metrics,
  });
  await Array.fromAsync(runLines('static', lab.config)); // waits in the run queue until the warm-up is over
});
afterAll(() => lab?.stop());

/** The samples of all processes in Prometheus' text format. */
async function metrics(): Promise<string[]> {
  const ports = processes(lab.config).map(({ environment }) => environment.OTEL_EXPORTER_PROMETHEUS_PORT);
  const texts = ports.map(async (port) =>
    (await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => undefined))?.text(),
  );
  return (await Promise.all(texts)).flatMap((text = '') => text.split('\n'));
}

const logs = (pattern: string) =>
  globSync(join(lab.environment.WAYBILL_HOME as string, 'logs', pattern))
    .map((file) => readFileSync(file, 'utf8'))
    .join('');

test('only the visit of the scenario is in the access log', () => {
  const log = logs('proxy.log');
  expect([log.split('/static/').length - 1, log.includes('/letters/Ola/')]).toEqual([1, false]);
});

test('only its trace is stored', async () => {
  const { traces } = (await (await fetch(`${lab.config.visitorUrl}/traces`)).json()) as Traces;
  expect(traces.map(({ scenario }) => scenario)).toEqual(['static']);
  expect((await fetch(`${lab.config.visitorUrl}/traces/${WARM_UP_TRACE_ID}.json`)).status).toBe(404);
});

test('only that visit is in the metrics', async () => {
  const counts = {
    waybill_dns_lookups_total: 1,
    http_server_request_duration_count: 1,
    waybill_queue_wait_count: 0,
  };
  const sums = async () => {
    const samples = await metrics();
    const sumOf = (name: string) =>
      samples.reduce((sum, line) => sum + (line.startsWith(name) ? Number(/} (\S+)/.exec(line)?.[1] ?? 0) : 0), 0);
    return Object.fromEntries(Object.keys(counts).map((name) => [name, sumOf(name)]));
  };
  await expect.poll(sums).toEqual(counts);
});

test('it does not count towards WAYBILL_MAX_REQUESTS', () => {
  const log = logs('app-*.log');
  expect([log.includes('listening'), log.includes('worker exits')]).toEqual([true, false]);
});

test('a name that only the warm-up has looked up is not cached', async () => {
  const body = JSON.stringify({ url: 'http://djangogirls.test/letters/Ola/' });
  const response = await fetch(`${lab.config.visitorUrl}/visits`, { method: 'POST', body });
  const { traceId } = (await response.json()) as VisitAnswer;
  await expect
    .poll(async () => (await fetch(`${lab.config.visitorUrl}/traces/${traceId}.json`)).text())
    .toMatch(/waybill\.dns\.cache","value":\{"stringValue":"miss"/);
});

test('a client cannot hide a request from the access log by the id of the warm-up', async () => {
  const response = await fetch(`${lab.config.siteUrl}/nothing`, {
    headers: { traceparent: `00-${WARM_UP_TRACE_ID}-007761726d2d7570-00` },
  });
  expect(response.headers.get('traceresponse')).not.toContain(WARM_UP_TRACE_ID);
});
