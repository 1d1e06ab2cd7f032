// The dashboards' queries, held against metrics of a running lab by a real Prometheus (apt-get install prometheus): that it
// takes them, and that they find something. What the collector makes of spans needs the collector, and is not asked for here.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { sendScenario } from '../lab/cli/send.ts';
import { freePortVariables, type Lab, startLab } from '../lab/fixture.ts';
import { processes } from '../lab/runner/processes.ts';
import { hasTool } from './tool.ts';

const missing = ['prometheus', 'promtool'].find((tool) => !hasTool(tool));
type Dashboard = { panels: { targets: { expr: string }[] }[] };
const queries = globSync(join(import.meta.dirname, '../dashboards/grafana/dashboards/*.json')).flatMap((file) => {
  const { panels } = JSON.parse(readFileSync(file, 'utf8')) as Dashboard;
  return panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
});
/** Grafana fills it in. */
const withRange = (expr: string) => expr.replaceAll('$__rate_interval', '30s');
/** A name as OpenTelemetry's own exporter for Prometheus has it: the collector's adds the unit. */
const withoutUnits = (expr: string) => expr.replace(/_(?:seconds|ratio|bytes)(?=_bucket|\W)/g, '');
/** Made by the collector, of spans and of itself. */
const OF_COLLECTOR = /traces_span_metrics|otelcol_/;
/** Counters of what does not happen here: each known label value must be there from the start, at 0, else rate() misses the first. */
const FROM_ZERO = [
  'waybill_attempt_failures_total{error_type="worker_lost"}',
  'waybill_worker_restarts_total',
  'waybill_dns_queries_total{waybill_dns_response_code="SERVFAIL"}',
  'waybill_dns_lookups_total{waybill_dns_cache="joined"}',
  'waybill_router_connections_total{closing="no_route"}',
];

describe.skipIf(missing !== undefined)(`dashboards${missing ? ` (no ${missing} here)` : ''}`, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'waybill-prometheus-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('promtool accepts every query', async () => {
    const rules = queries.map((expr, index) => ({ record: `query:${index}`, expr: withRange(expr) }));
    const file = join(folder, 'rules.json');
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboards', rules }] }));
    const { stdout } = await promisify(execFile)('promtool', ['check', 'rules', file]);
    expect(stdout).toContain(`SUCCESS: ${queries.length} rules found`);
  });

  test('Prometheus scrapes a running lab, and every query of the lab’s own metrics finds a series', async () => {
    const lab = await startLab({ OTEL_METRICS_EXPORTER: 'prometheus' });
    const prometheus = await startPrometheus(folder, lab);
    try {
      const own = [...FROM_ZERO, ...queries.filter((expr) => !OF_COLLECTOR.test(expr))];
      expect(own.length).toBeGreaterThan(13);
      await vi.waitFor(
        async () => {
          await sendScenario({ name: 'dynamic' }, lab.config);
          await sendScenario({ name: 'static' }, lab.config);
          const found = await Promise.all(
            own.map(async (expr) => [expr, await prometheus.find(withoutUnits(withRange(expr)))] as const),
          );
          expect(found.filter(([, series]) => series === 0).map(([expr]) => expr)).toEqual([]);
        },
        { interval: 1000 },
      );
    } finally {
      await prometheus.stop();
      await lab.stop();
    }
  });
});

/** Starts one that asks every process of `lab` each second; `find` says how many series a query gives. */
async function startPrometheus(folder: string, { config }: Lab) {
  const traced = processes(config).filter(({ service }) => service !== null);
  const targets = traced.map(({ environment }) => `127.0.0.1:${environment.OTEL_EXPORTER_PROMETHEUS_PORT}`);
  const file = join(folder, 'prometheus.json');
  writeFileSync(
    file,
    JSON.stringify({
      global: { scrape_interval: '1s' },
      scrape_configs: [{ job_name: 'lab', static_configs: [{ targets }] }],
    }),
  );
  const { WAYBILL_SITE_PORT: port } = await freePortVariables();
  const address = `127.0.0.1:${port}`;
  const args = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${address}`,
  ];
  const child = spawn('prometheus', args, { stdio: 'ignore' });
  return {
    async find(query: string): Promise<number> {
      const response = await fetch(`http://${address}/api/v1/query?${new URLSearchParams({ query })}`);
      const { data } = (await response.json()) as { data: { result: unknown[] } };
      return data.result.length;
    },
    async stop(): Promise<void> {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
