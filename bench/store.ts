// The embedded trace store under load: spans taken in by a core, disk and memory with a million spans, and how long one
// waits for a trace. node bench/store.ts [traces]   (100,000; about two minutes)

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../traces/median.ts';
import { type Export, exportsOf, startOf } from './store-load.ts';
import { cpuSeconds, residentMegabytes, stop } from './tools/process.ts';
import { get, post, type Store, startStore } from './tools/store.ts';

const MEASURED_TRACES = 10_000;
const ASKED = 41;

type Taken = Record<'protobuf' | 'json', number[]>;

/** Prints the figures for a store that holds `args[0]` traces, 100,000 unless given; gives spans a second of one core, and bytes of disk a span. */
export async function main([wanted = '100000']: string[] = []) {
  const home = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
  await stop((await startStore(home)).process); // leaves its compiled code behind, as each first `npm start` does
  const store = await startStore(home);
  try {
    console.log(`${'memory, empty'.padEnd(28)} ${megabytes(store)}`);
    const taken: Taken = { protobuf: [], json: [] };
    const filled = await fill(store, Number(wanted), taken);
    await timeReads(store, filled);
    console.log(`${'memory, after the searches'.padEnd(28)} ${megabytes(store)}`);
    await stop(store.process);
    const bytes = statSync(join(home, 'traces.db')).size;
    const bytesASpan = bytes / filled.spans;
    console.log(`${'disk'.padEnd(28)} ${bytesASpan.toFixed(0)} bytes a span`);
    return { protobuf: median(taken.protobuf), json: median(taken.json), bytesASpan };
  } finally {
    await stop(store.process);
    rmSync(home, { recursive: true, force: true });
  }
}

type Filled = { spans: number; traces: number; traceIds: string[] };

async function fill(store: Store, wanted: number, taken: Taken): Promise<Filled> {
  const filled: Filled = { spans: 0, traces: 0, traceIds: [] };
  const send = async (format: 'protobuf' | 'json', traces: number) => {
    const exports = [...exportsOf(traces, format, filled.traces)];
    const result = await sendAll(store, exports, format);
    filled.spans += result.spans;
    filled.traces += traces;
    filled.traceIds.push(...(exports[0]?.traceIds ?? []));
    return result;
  };
  await send('protobuf', 500); // the first ones compile code
  await send('json', 500);
  for (const format of ['protobuf', 'json', 'protobuf', 'json'] as const) {
    const { spans, seconds, cpuSeconds, bytes } = await send(format, MEASURED_TRACES);
    taken[format].push(spans / cpuSeconds);
    console.log(
      `${`taken in, ${format}`.padEnd(28)} ${Math.round(spans / cpuSeconds)} spans a second of one core, ` +
        `${Math.round(spans / seconds)} a second by the clock   (${Math.round(bytes / spans)} bytes a span sent)`,
    );
  }
  const report = () => console.log(`${'memory'.padEnd(28)} ${megabytes(store)}   (${filled.spans} spans stored)`);
  let reported = false;
  while (filled.traces < wanted) {
    await send('protobuf', MEASURED_TRACES / 2);
    if (!reported && filled.spans >= 1e6) report();
    reported = filled.spans >= 1e6;
  }
  report();
  return filled;
}

/** Sends `exports` as four services would, each one export at a time. */
async function sendAll(store: Store, exports: Export[], format: 'protobuf' | 'json') {
  const cpu = cpuSeconds(store.process);
  const began = performance.now();
  let next = 0;
  const sender = async () => {
    for (let each = exports[next++]; each; each = exports[next++]) await post(store, each.body, format);
  };
  await Promise.all([sender(), sender(), sender(), sender()]);
  return {
    seconds: (performance.now() - began) / 1000,
    cpuSeconds: cpuSeconds(store.process) - cpu,
    spans: exports.reduce((sum, { spans }) => sum + spans, 0),
    bytes: exports.reduce((sum, { body }) => sum + body.length, 0),
  };
}

async function timeReads(store: Store, { traces, traceIds }: Filled): Promise<void> {
  const time = (index: number) => new Date(Number(startOf(index) / 1_000_000n)).toISOString();
  const search = (parameters: Record<string, string>, from = 0, to = traces) =>
    `/api/v3/traces?${new URLSearchParams({
      'query.startTimeMin': time(from),
      'query.startTimeMax': time(to),
      'query.searchDepth': '20',
      ...parameters,
    })}`;
  const somewhere = (n: number) => Math.floor((n / ASKED) * traces * 0.9);
  const proxy = { 'query.serviceName': 'proxy' };
  const asked: [string, (n: number) => string][] = [
    ['a trace by id', (n) => `/api/v3/traces/${traceIds[Math.floor((n / ASKED) * traceIds.length)]}`],
    ['search by service', () => search(proxy)],
    ['… and name', () => search({ ...proxy, 'query.operationName': 'static file' })],
    ['… and a time long ago', (n) => search(proxy, somewhere(n), somewhere(n) + 1000)],
    ['… and a long duration', () => search({ ...proxy, 'query.durationMin': '200ms' })],
    ['… and one that nothing took', () => search({ ...proxy, 'query.durationMin': '1h' })],
    ['search by a time long ago', (n) => search({}, somewhere(n), somewhere(n) + 1000)],
    ['search by an attribute', () => search({ ...proxy, 'query.attributes': '{"http.response.status_code":"200"}' })],
  ];
  for (const [name, path] of asked) {
    const times: number[] = [];
    for (let n = 0; n < ASKED; n++) {
      const began = performance.now();
      await get(store, path(n), name.includes('nothing') ? 404 : 200);
      times.push(performance.now() - began);
    }
    console.log(
      `${name.padEnd(28)} ${median(times).toFixed(1)} ms   (median of ${ASKED}; slowest ${Math.max(...times).toFixed(1)})`,
    );
  }
}

function megabytes({ process }: Store): string {
  return `${residentMegabytes(process).toFixed(0)} MB`;
}

if (import.meta.main) await main(process.argv.slice(2));
