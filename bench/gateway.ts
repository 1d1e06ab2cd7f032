// What a letter costs in the gateway: CPU time of its process divided by letters, without and with tracing. wrk asks over
// 64 connections. The workers are two small processes that answer at once, so that the gateway is what is measured; each
// is given one letter at a time, as the lab does, or up to 32, so that no process sleeps between two letters: to wake one
// on another core is most of the cost otherwise. What a worker costs when wrk asks it directly is printed beside: a bare
// Node server, to tell how fast the machine is just now.
//
//   npm run bench gateway [seconds]      needs wrk

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePortVariables } from '../tests/lab.ts';
import { median } from '../traces/median.ts';
import { cpuSeconds, ready, TRACED } from './tools/process.ts';
import { startWorker } from './tools/worker.ts';
import { wrk } from './tools/wrk.ts';

const ROOT = join(import.meta.dirname, '..');
const ROUNDS = 3;
const CONNECTIONS = 64;
const WARM_UP_SECONDS = 3;
const WORKER_CONCURRENCIES = [1, 32];
const SPANS_A_LETTER = 3;

/** A collector that takes everything and keeps a count of what it took. */
const COLLECTOR = `
  import { createServer } from 'node:http';
  import { spansOf } from '${ROOT}/traces/model.ts';
  let spans = 0;
  createServer(async (request, response) => {
    if (request.method === 'GET') return response.end(String(spans));
    spans += spansOf(JSON.parse(Buffer.concat(await request.toArray()))).length;
    response.setHeader('content-type', 'application/json').end('{}');
  }).listen(Number(process.argv[1]), '127.0.0.1');`;

/** Prints CPU microseconds a letter and letters a second; rounds alternate, medians of all. */
export async function main([seconds = '4']: string[]): Promise<void> {
  const cases = WORKER_CONCURRENCIES.flatMap((letters) => [false, true].map((isTraced) => ({ letters, isTraced })));
  const found = new Map(cases.map((each) => [each, [] as Figures[]]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const each of cases) found.get(each)?.push(await measure(each, Number(seconds)));
  }
  const bare = median([...found.values()].flat().map((each) => each.bare));
  console.log(`bare Node server                         ${bare.toFixed(0).padStart(4)} µs of CPU a letter`);
  for (const [{ letters, isTraced }, figures] of found) {
    const cpu = median(figures.map((each) => each.cpu));
    const rate = median(figures.map((each) => each.rate));
    const lost = figures.reduce((sum, each) => sum + each.lost, 0);
    const name = `gateway ${isTraced ? 'traced' : 'untraced'}, ${letters} ${letters === 1 ? 'letter' : 'letters'} a worker`;
    console.log(
      `${name.padEnd(40)} ${cpu.toFixed(0).padStart(4)} µs of CPU a letter   ${rate.toFixed(0).padStart(6)} letters a second` +
        (isTraced ? `   ${lost} spans lost` : ''),
    );
  }
}

type Table = { workers: { served: number }[] };
type Figures = { bare: number; cpu: number; rate: number; lost: number };

async function measure(
  { letters, isTraced }: { letters: number; isTraced: boolean },
  seconds: number,
): Promise<Figures> {
  const ports = await freePortVariables();
  const [app, otlp] = [Number(ports.WAYBILL_APP_PORT), ports.WAYBILL_OTLP_PORT];
  const worker = startWorker('app-1', app);
  const children = [
    worker,
    startWorker('app-2', app + 1),
    spawn(process.execPath, ['--input-type=module', '--eval', COLLECTOR, String(otlp)]),
  ];
  const gateway = spawn(process.execPath, [...(isTraced ? TRACED : []), 'services/gateway/main.ts'], {
    cwd: ROOT,
    env: {
      ...process.env,
      ...ports,
      OTEL_SERVICE_NAME: 'gateway',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${otlp}`,
      WAYBILL_WORKER_ADDRESSES: `127.0.0.1:${app},127.0.0.1:${app + 1}`,
      WAYBILL_WORKER_CONCURRENCY: String(letters),
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    await ready(gateway);
    const { cpu: bare } = await cost(worker, app, seconds);
    const { cpu, rate } = await cost(gateway, Number(ports.WAYBILL_GATEWAY_PORT), seconds);
    const { workers } = (await json(ports.WAYBILL_GATEWAY_CONTROL_PORT, '/workers')) as Table;
    const answered = workers.reduce((sum, { served }) => sum + served, 0);
    const spans = Number(await json(otlp, '/'));
    // The letters that wrk leaves behind when it ends, one a connection at most, have some spans too.
    return { bare, cpu, rate, lost: isTraced ? Math.max(0, answered * SPANS_A_LETTER - spans) : 0 };
  } finally {
    for (const child of [gateway, ...children]) child.kill('SIGKILL');
  }
}

/** What a letter costs the process that listens on `port`: µs of CPU for each, and how many it answers a second. */
async function cost(listener: ChildProcess, port: number, seconds: number): Promise<{ cpu: number; rate: number }> {
  const url = `http://127.0.0.1:${port}/letters/Ola/`;
  await wrk(url, { connections: CONNECTIONS, seconds: WARM_UP_SECONDS });
  const before = cpuSeconds(listener);
  const { requests, rate } = await wrk(url, { connections: CONNECTIONS, seconds });
  await delay(500); // the last batch is part of the cost
  return { cpu: ((cpuSeconds(listener) - before) / requests) * 1e6, rate };
}

async function json(port: string | undefined, path: string): Promise<unknown> {
  return (await fetch(`http://127.0.0.1:${port}${path}`)).json();
}

if (import.meta.main) await main(process.argv.slice(2));
