// The embedded trace store under load: spans that a core takes in, disk and memory, and how long a trace or a search takes.

import type { ChildProcess } from 'node:child_process';
import { statSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { cpuSeconds, megabytes } from '../runtime/platform/usage.ts';
import { median } from '../traces/statistics/median.ts';
import { type Export, exportsOf, type Format, startOf } from './tools/journeys.ts';
import { printFigure } from './tools/print.ts';
import { stop } from './tools/process.ts';
import { createServices, type Services } from './tools/services.ts';
import type { Effort } from './tools/turns.ts';

/** Traces of one round, and of the whole store. */
const ROUND = 10_000;
const FULL = 100_000;
const READS = 41;
const TYPES = { json: 'application/json', protobuf: 'application/x-protobuf' };

const agent = new Agent({ keepAlive: true });

type Filled = { spans: number; traces: number; traceIds: string[] };

/** Gives spans a second of one core for each format, and bytes of disk a span. */
export async function main({ rounds }: Effort) {
  const lab = await createServices();
  try {
    await stop(await lab.start('store')); // leaves its compiled code behind, as each first `npm start` does
    const store = await lab.start('store');
    printFigure('memory, empty', megabytes(store.pid), 'MB');
    const filled: Filled = { spans: 0, traces: 0, traceIds: [] };
    const takenIn = await fill(lab, store, filled, rounds === 1 ? ROUND : FULL);
    printFigure(`memory with ${filled.spans} spans`, megabytes(store.pid), 'MB');
    await timeReads(lab, filled);
    printFigure('memory after the searches', megabytes(store.pid), 'MB');
    await stop(store);
    const bytesASpan = statSync(join(lab.home, 'traces.db')).size / filled.spans;
    printFigure('disk, bytes a span', bytesASpan, '');
    return { ...takenIn, bytesASpan };
  } finally {
    await lab.stop();
  }
}

/** Fills the store with `traces`; resolves with the median of spans a second of one core by format. */
async function fill(
  lab: Services,
  store: ChildProcess,
  filled: Filled,
  traces: number,
): Promise<Record<Format, number>> {
  const taken: Record<Format, number[]> = { protobuf: [], json: [] };
  const send = async (format: Format, count: number) => {
    const exports = [...exportsOf(count, format, filled.traces)];
    const before = cpuSeconds(store.pid);
    await sendAll(lab, exports, format);
    const spans = exports.reduce((sum, each) => sum + each.spans, 0);
    filled.spans += spans;
    filled.traces += count;
    filled.traceIds.push(...(exports[0]?.traceIds ?? []));
    return spans / (cpuSeconds(store.pid) - before);
  };
  for (const format of ['protobuf', 'json'] as const) await send(format, 500); // compiles code
  for (const format of ['protobuf', 'json', 'protobuf', 'json'] as const) taken[format].push(await send(format, ROUND));
  while (filled.traces < traces) await send('protobuf', ROUND / 2);
  const rates = { protobuf: median(taken.protobuf), json: median(taken.json) };
  for (const [format, rate] of Object.entries(rates))
    printFigure(`taken in by one core, ${format}`, rate, 'spans a second');
  return rates;
}

/** Sends `exports` as four services would, each one export at a time. */
async function sendAll(lab: Services, exports: Export[], format: Format): Promise<void> {
  let next = 0;
  const sender = async () => {
    for (let each = exports[next++]; each; each = exports[next++])
      await expectStatus(200, lab.url('WAYBILL_OTLP_PORT', '/v1/traces'), each.body, TYPES[format]);
  };
  await Promise.all([sender(), sender(), sender(), sender()]);
}

async function timeReads(lab: Services, { traces, traceIds }: Filled): Promise<void> {
  const time = (index: number) => new Date(Number(startOf(index) / 1_000_000n)).toISOString();
  const search = (parameters: Record<string, string>, from = 0, to = traces) =>
    `/api/v3/traces?${new URLSearchParams({
      'query.startTimeMin': time(from),
      'query.startTimeMax': time(to),
      'query.searchDepth': '20',
      ...parameters,
    })}`;
  const somewhere = (n: number) => Math.floor((n / READS) * traces * 0.9);
  const proxy = { 'query.serviceName': 'proxy' };
  const reads: [string, (n: number) => string, status?: number][] = [
    ['a trace by id', (n) => `/api/v3/traces/${traceIds[Math.floor((n / READS) * traceIds.length)]}`],
    ['search by service', () => search(proxy)],
    ['… and name', () => search({ ...proxy, 'query.operationName': 'static file' })],
    ['… and an old time', (n) => search(proxy, somewhere(n), somewhere(n) + 1000)],
    ['… and a long duration', () => search({ ...proxy, 'query.durationMin': '200ms' })],
    ['… and a duration that no span has', () => search({ ...proxy, 'query.durationMin': '1h' }), 404],
    ['search by an old time', (n) => search({}, somewhere(n), somewhere(n) + 1000)],
    ['search by an attribute', () => search({ ...proxy, 'query.attributes': '{"http.response.status_code":"200"}' })],
  ];
  for (const [name, path, status = 200] of reads) {
    const times: number[] = [];
    for (let n = 0; n < READS; n++) {
      const began = performance.now();
      await expectStatus(status, lab.url('WAYBILL_JAEGER_PORT', path(n)));
      times.push(performance.now() - began);
    }
    printFigure(`${name}, median of ${READS}`, median(times), 'ms');
  }
}

/** Sends a request and reads the response to its end; throws where its status is not `expected`. */
async function expectStatus(expected: number, url: string, body?: Buffer, type = ''): Promise<void> {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = body ? { 'content-type': type, 'content-length': body.length } : {};
    request(url, { agent, method: body ? 'POST' : 'GET', headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    })
      .on('error', reject)
      .end(body);
  });
  if (status !== expected) throw new Error(`${url} answered ${status}`);
}
