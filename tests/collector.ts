// For tests that must not lose a span unseen: takes OTLP/HTTP in JSON, and keeps it all in memory.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { decodeValues, type KeyValue, spansOf, type TraceSpan, type Values } from '../traces/model.ts';

/** For so long nothing may have come for it to be quiet, in ms: the batches of a process leave every 40 ms. */
const QUIET = 500;

export type Collector = {
  url: string;
  /** Waits until nothing more comes; the spans by trace, of which there must be `count`. */
  traces: (count: number) => Promise<TraceSpan[][]>;
  quiet: () => Promise<void>;
  /** By name of each metric that came last: the attributes of its points; a counter's point that is still 0 is left out. */
  metrics: () => Record<string, Values[]>;
  clear: () => void;
  close: () => void;
};

type Points = { dataPoints: { attributes?: KeyValue[]; asInt?: number | string; asDouble?: number }[] };
type Metric = { name: string; gauge?: Points; sum?: Points; histogram?: Points };
type MetricsData = { resourceMetrics?: { scopeMetrics: { metrics: Metric[] }[] }[] };

/** Starts one on a free port. */
export async function startCollector(): Promise<Collector> {
  let spans: TraceSpan[] = [];
  const metrics: Record<string, Values[]> = {};
  let last = performance.now();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = await Array.fromAsync(request);
    const sent = JSON.parse(Buffer.concat(chunks).toString());
    spans.push(...spansOf(sent));
    for (const { scopeMetrics } of (sent as MetricsData).resourceMetrics ?? []) {
      for (const { name, gauge, sum, histogram } of scopeMetrics.flatMap((scope) => scope.metrics)) {
        const isCounted = ({ asInt, asDouble }: Points['dataPoints'][number]) => Number(asInt ?? asDouble) > 0;
        const points = (gauge ?? histogram)?.dataPoints ?? sum?.dataPoints.filter(isCounted) ?? [];
        metrics[name] = points.map(({ attributes }) => decodeValues(attributes));
      }
    }
    last = performance.now();
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const quiet = async () => {
    while (performance.now() - last < QUIET) await delay(50);
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    quiet,
    metrics: () => metrics,
    async traces(count) {
      await quiet();
      const byTrace = Map.groupBy(spans, ({ traceId }) => traceId);
      if (byTrace.size !== count) throw new Error(`${byTrace.size} traces came, not ${count}`);
      return [...byTrace.values()].map((trace) => trace.sort((a, b) => a.start - b.start));
    },
    clear: () => {
      spans = [];
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
