// What a letter costs in the gateway: CPU time of its process divided by letters, without and with tracing.
// The workers are two small processes that answer at once, so that the gateway is what is measured. What one of them
// costs when it is asked directly is printed beside: a bare Node server, to tell how fast the machine is just now.
//
//   npm run bench gateway [letters]

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { freePortVariables } from '../tests/lab.ts';
import { median } from './median.ts';

const ROOT = join(import.meta.dirname, '..');
const ROUNDS = 3;
const AT_ONCE = 16;
const WARM_UP = 8000;

/** Ticks of /proc/<pid>/stat a second, as Linux tells every process. */
const TICKS = 100;

const WORKER = `
  const { createServer } = require('node:http');
  const [id, port] = process.argv.slice(1);
  const page = 'x'.repeat(2000);
  createServer({ keepAliveTimeout: 0 }, (request, response) => {
    response.setHeader('content-type', 'text/html');
    if (request.url === '/healthz') response.end(JSON.stringify({ worker: id, pid: process.pid }));
    else response.setHeader('content-length', page.length).end(page);
  }).listen(Number(port), '127.0.0.1');`;

/** A collector that takes everything and keeps a count of what it took. */
const COLLECTOR = `
  const { createServer } = require('node:http');
  let spans = 0;
  createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.method === 'GET') return response.end(String(spans));
    spans += Buffer.concat(chunks).toString().split('"spanId"').length - 1;
    response.setHeader('content-type', 'application/json').end('{}');
  }).listen(Number(process.argv[1]), '127.0.0.1');`;

/** Prints CPU microseconds a letter and letters a second; rounds alternate, medians of all. */
export async function main([letters = '15000']: string[]): Promise<void> {
  const found: Record<'untraced' | 'traced', Figures[]> = { untraced: [], traced: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const how of ['untraced', 'traced'] as const)
      found[how].push(await measure(how === 'traced', Number(letters)));
  }
  const bare = median(Object.values(found).flatMap((figures) => figures.map((each) => each.bare)));
  console.log(`bare Node server  ${bare.toFixed(0).padStart(4)} µs of CPU a letter`);
  for (const how of ['untraced', 'traced'] as const) {
    const cpu = median(found[how].map((each) => each.cpu));
    const rate = median(found[how].map((each) => each.rate));
    const lost = found[how].reduce((sum, each) => sum + each.lost, 0);
    console.log(
      `gateway ${how.padEnd(8)}  ${cpu.toFixed(0).padStart(4)} µs of CPU a letter   ${rate.toFixed(0).padStart(6)} letters a second` +
        (how === 'traced' ? `   ${lost} spans lost` : ''),
    );
  }
}

type Figures = { bare: number; cpu: number; rate: number; lost: number };

async function measure(traced: boolean, letters: number): Promise<Figures> {
  const ports = await freePortVariables();
  const [app, otlp] = [Number(ports.WAYBILL_APP_PORT), ports.WAYBILL_OTLP_PORT];
  const worker = spawn(process.execPath, ['--eval', WORKER, 'app-1', String(app)]);
  const children = [
    worker,
    spawn(process.execPath, ['--eval', WORKER, 'app-2', String(app + 1)]),
    spawn(process.execPath, ['--eval', COLLECTOR, String(otlp)]),
  ];
  const instrument = traced ? ['--import', './otel/instrument.ts'] : [];
  const gateway = spawn(process.execPath, [...instrument, 'services/gateway/main.ts'], {
    cwd: ROOT,
    env: {
      ...process.env,
      ...ports,
      OTEL_SERVICE_NAME: 'gateway',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${otlp}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      WAYBILL_WORKERS_AT: `127.0.0.1:${app},127.0.0.1:${app + 1}`,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  try {
    await once(gateway, 'message');
    const { cpu: bare } = await cost(worker, app, letters);
    const { cpu, rate } = await cost(gateway, Number(ports.WAYBILL_GATEWAY_PORT), letters);
    const spans = Number(await (await fetch(`http://127.0.0.1:${otlp}`)).text());
    return { bare, cpu, rate, lost: traced ? (letters + WARM_UP) * 3 - spans : 0 };
  } finally {
    for (const child of [gateway, ...children]) child.kill('SIGKILL');
  }
}

/** What `letters` cost the process that listens on `port`: µs of CPU for each, and how many it answers a second. */
async function cost(listener: ChildProcess, port: number, letters: number): Promise<{ cpu: number; rate: number }> {
  const client = new Pool(`http://127.0.0.1:${port}`, { connections: AT_ONCE });
  await send(client, WARM_UP);
  const before = cpuSeconds(listener);
  const began = performance.now();
  await send(client, letters);
  const seconds = (performance.now() - began) / 1000;
  await delay(500); // the last batch is part of the cost
  await client.close();
  return { cpu: ((cpuSeconds(listener) - before) / letters) * 1e6, rate: letters / seconds };
}

async function send(client: Pool, letters: number): Promise<void> {
  let left = letters;
  const sendOn = async () => {
    while (left-- > 0) {
      const { statusCode, body } = await client.request({ method: 'GET', path: '/letters/Ola/' });
      await body.dump();
      if (statusCode !== 200) throw new Error(`the gateway answered ${statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendOn));
}

/** User and system time that a process has used (Linux). */
function cpuSeconds({ pid }: ChildProcess): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [utime = 0, stime = 0] = fields.split(' ').slice(11, 13).map(Number);
  return (utime + stime) / TICKS;
}

if (import.meta.main) await main(process.argv.slice(2));
