// The letter page (one query, one template) by two workers behind our gateway, untraced and traced into the lab's own
// store, and by Debian's gunicorn and Django with two workers, asked directly; both on SQLite. wrk asks; the ratios count.
// The gateway gives a worker 8 letters at a time (WAYBILL_WORKER_CONCURRENCY): with one, as the lab has it to show the
// queue, worker and gateway sleep in turns and wake each other for every letter. That is measured too.
//
//   npm run bench app [seconds a round]          (bench/tools/django.ts says which Python)

import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { services } from '../otel/contract/services.ts';
import { freePortVariables } from '../tests/lab.ts';
import { median } from '../traces/median.ts';
import { spansOf, type TracesData } from '../traces/model.ts';
import { djangoPython, hasOpenTelemetry, startDjango } from './tools/django.ts';
import { ready, stop, TRACED } from './tools/process.ts';
import { countSpans } from './tools/spans.ts';
import { wrk } from './tools/wrk.ts';

const ROOT = join(import.meta.dirname, '..');
const ROUNDS = 5;
const CONNECTIONS = 16;
const WORKER_CONCURRENCY = 8;
const PAGE = '/letters/Ola/';
const HOST = 'djangogirls.test';

type Stand = { name: string; port: number; stop: () => Promise<void> };

/** Prints requests a second of each, and the ratios; rounds alternate, medians of all. */
export async function main([seconds = '3']: string[]): Promise<void> {
  for (const [tool, reason] of missing()) throw new Error(`${tool} is needed: ${reason}`);
  const home = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
  const stands: Stand[] = [];
  try {
    const ports = await freePortVariables();
    const environment = { ...process.env, ...ports, WAYBILL_HOME: home, WAYBILL_LOG_LEVEL: 'warn' };
    execFileSync(process.execPath, ['services/app/migrate.ts'], { cwd: ROOT, env: environment });
    const store = await startNode('services/store/main.ts', [...services.store.options], environment);
    const endpoint = `http://127.0.0.1:${ports.WAYBILL_OTLP_PORT}`;
    stands.push({ name: 'store', port: 0, stop: store });
    const together = { ...environment, WAYBILL_WORKER_CONCURRENCY: String(WORKER_CONCURRENCY) };
    stands.push(await startOurs('one at a time', false, environment));
    stands.push(await startOurs('untraced', false, together));
    stands.push(await startOurs('traced', true, { ...together, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }));
    const database = join(home, 'site.db');
    stands.push({ name: 'Django', ...(await startDjango(database)) });
    if (hasOpenTelemetry(djangoPython()))
      stands.push({ name: 'Django traced', ...(await startDjango(database, endpoint)) });
    const asked = stands.filter(({ port }) => port !== 0);
    const traced = asked.find(({ name }) => name === 'ours traced') as Stand;
    const spansALetter = await spansOfOneLetter(traced.port, `http://127.0.0.1:${ports.WAYBILL_JAEGER_PORT}`);
    const { rates, answered } = await measure(asked, Number(seconds));
    report(rates);
    for (const { stop } of stands.splice(0).toReversed()) await stop();
    const made = (answered.get(traced.name) ?? 0) * spansALetter;
    const stored = ['gateway', 'app'].reduce((sum, each) => sum + countSpans(join(home, 'traces.db'), each), 0);
    // The letters that wrk leaves behind when it ends, one a connection at most, have some spans too.
    console.log(`spans of ours traced: ${spansALetter} a letter, ${made} in all, ${Math.max(0, made - stored)} lost`);
  } finally {
    for (const { stop } of stands.toReversed()) await stop();
    rmSync(home, { recursive: true, force: true });
  }
}

/** How many spans gateway and worker make of one letter. */
async function spansOfOneLetter(port: number, jaeger: string): Promise<number> {
  const traceId = randomBytes(16).toString('hex');
  const headers = { host: HOST, traceparent: `00-${traceId}-${'1'.repeat(16)}-01` };
  const letter = await request(`http://127.0.0.1:${port}${PAGE}`, { headers });
  await letter.body.dump();
  await delay(1000); // all batches leave within 40 ms
  const trace = await request(`${jaeger}/api/v3/traces/${traceId}`);
  return spansOf(((await trace.body.json()) as { result: TracesData }).result).length;
}

/** Requests a second by stand (medians), and how many each has answered in all. */
async function measure(stands: Stand[], seconds: number) {
  const rates = new Map(stands.map(({ name }) => [name, [] as number[]]));
  const answered = new Map<string, number>();
  const ask = async ({ name, port }: Stand, duration: number): Promise<number> => {
    const load = { connections: CONNECTIONS, seconds: duration, headers: [`Host: ${HOST}`] };
    const { rate, requests } = await wrk(`http://127.0.0.1:${port}${PAGE}`, load);
    answered.set(name, (answered.get(name) ?? 0) + requests);
    return rate;
  };
  for (const each of stands) await ask(each, 2); // compiles
  for (let round = 0; round < ROUNDS; round++) {
    for (const each of stands) rates.get(each.name)?.push(await ask(each, seconds));
  }
  return { rates: new Map([...rates].map(([name, all]) => [name, median(all)])), answered };
}

function report(rates: Map<string, number>): void {
  const rate = (name: string) => rates.get(name) ?? Number.NaN;
  for (const [name, each] of rates) console.log(`${name.padEnd(16)} ${each.toFixed(0).padStart(6)} requests a second`);
  const ratio = (one: string, other: string, goal: number) =>
    console.log(`${`${one} / ${other}`.padEnd(32)} ${(rate(one) / rate(other)).toFixed(2)}   (goal: ${goal})`);
  ratio('ours untraced', 'Django', 3);
  ratio('ours traced', 'ours untraced', 0.35);
  if (rates.has('Django traced')) ratio('ours traced', 'Django traced', 1.5);
  else console.log('Django traced: OpenTelemetry for Python could not be installed');
}

/** Two workers and a gateway before them. */
async function startOurs(how: string, traced: boolean, environment: NodeJS.ProcessEnv): Promise<Stand> {
  const ports = await freePortVariables();
  const first = Number(ports.WAYBILL_APP_PORT);
  const own = { ...environment, ...ports, WAYBILL_WORKER_ADDRESSES: `127.0.0.1:${first},127.0.0.1:${first + 1}` };
  const options = traced ? TRACED : [];
  const stops = await Promise.all([
    startNode('services/app/main.ts', options, { ...own, OTEL_SERVICE_NAME: 'app', WAYBILL_INSTANCE: 'app-1' }),
    startNode('services/app/main.ts', options, {
      ...own,
      OTEL_SERVICE_NAME: 'app',
      WAYBILL_INSTANCE: 'app-2',
      WAYBILL_APP_PORT: String(first + 1),
    }),
    startNode('services/gateway/main.ts', options, { ...own, OTEL_SERVICE_NAME: 'gateway' }),
  ]);
  return {
    name: `ours ${how}`,
    port: Number(ports.WAYBILL_GATEWAY_PORT),
    stop: async () => void (await Promise.all(stops.map((stop) => stop()))),
  };
}

async function startNode(entry: string, options: string[], env: NodeJS.ProcessEnv): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, [...options, entry], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await ready(child);
  return () => stop(child);
}

function missing(): [tool: string, reason: string][] {
  const needed: [string, string, boolean][] = [
    ['wrk', 'apt-get install wrk', existsSync('/usr/bin/wrk')],
    ['gunicorn with Django', 'apt-get install gunicorn python3-django', existsSync('/usr/bin/gunicorn')],
  ];
  return needed.filter(([, , isThere]) => !isThere).map(([tool, reason]) => [tool, reason]);
}

if (import.meta.main) await main(process.argv.slice(2));
