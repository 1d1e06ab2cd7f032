// The letter page (one query, one template) by two workers behind our gateway, untraced and traced into the lab's own
// store, and by Debian's gunicorn and Django with two workers, asked directly; both on SQLite. wrk asks; the ratios count.
//
//   npm run bench app [seconds a round]          PYTHON=… for a Python that has OpenTelemetry's Django instrumentation

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePortVariables } from '../tests/lab.ts';
import { median } from './median.ts';

const ROOT = join(import.meta.dirname, '..');
const ROUNDS = 5;
const CONNECTIONS = 16;
const PAGE = '/letters/Ola/';
const HOST = 'djangogirls.test';

type Stand = { name: string; port: number; stop: () => Promise<void> };

/** Prints requests a second of each, and the ratios; rounds alternate, medians of all. */
export async function main([seconds = '3']: string[]): Promise<void> {
  for (const [tool, reason] of missing()) throw new Error(`${tool} is needed: ${reason}`);
  const home = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
  const python = process.env.PYTHON ?? '/usr/bin/python3';
  const stands: Stand[] = [];
  try {
    const ports = await freePortVariables();
    const environment = { ...process.env, ...ports, WAYBILL_HOME: home, WAYBILL_LOG_LEVEL: 'warn' };
    execFileSync(process.execPath, ['services/app/migrate.ts'], { cwd: ROOT, env: environment });
    const store = await startNode('otel/store/main.ts', false, environment);
    const endpoint = `http://127.0.0.1:${ports.WAYBILL_OTLP_PORT}`;
    stands.push({ name: 'store', port: 0, stop: store });
    stands.push(await startOurs('untraced', false, environment));
    stands.push(await startOurs('traced', true, { ...environment, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }));
    stands.push(await startDjango('Django', python, { ...environment, SITE_DB: join(home, 'site.db') }));
    if (hasOpenTelemetry(python)) {
      const traced = { TRACED: '1', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: 'django' };
      stands.push(
        await startDjango('Django traced', python, { ...environment, SITE_DB: join(home, 'site.db'), ...traced }),
      );
    }
    const rates = measure(
      stands.filter(({ port }) => port !== 0),
      seconds,
    );
    report(rates);
  } finally {
    for (const { stop } of stands.toReversed()) await stop();
    rmSync(home, { recursive: true, force: true });
  }
}

function measure(stands: Stand[], seconds: string): Map<string, number> {
  const rates = new Map(stands.map(({ name }) => [name, [] as number[]]));
  for (const { port } of stands) ask(port, '2'); // warm
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, port } of stands) rates.get(name)?.push(ask(port, seconds));
  }
  return new Map([...rates].map(([name, all]) => [name, median(all)]));
}

/** Requests a second that `port` answers; throws when any answer is not a letter. */
function ask(port: number, seconds: string): number {
  const url = `http://127.0.0.1:${port}${PAGE}`;
  const { stdout } = spawnSync('wrk', ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '-H', `Host: ${HOST}`, url], {
    encoding: 'utf8',
  });
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`not every answer was a letter:\n${stdout}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
}

function report(rates: Map<string, number>): void {
  const rate = (name: string) => rates.get(name) ?? Number.NaN;
  for (const [name, each] of rates) console.log(`${name.padEnd(16)} ${each.toFixed(0).padStart(6)} requests a second`);
  const ratio = (one: string, other: string, goal: number) =>
    console.log(`${`${one} / ${other}`.padEnd(32)} ${(rate(one) / rate(other)).toFixed(2)}   (goal: ${goal})`);
  ratio('ours untraced', 'Django', 3);
  ratio('ours traced', 'ours untraced', 0.35);
  if (rates.has('Django traced')) ratio('ours traced', 'Django traced', 1.5);
  else console.log('Django traced: this Python has no OpenTelemetry for Django; set PYTHON to one that has');
}

/** Two workers and a gateway before them. */
async function startOurs(how: string, traced: boolean, environment: NodeJS.ProcessEnv): Promise<Stand> {
  const ports = await freePortVariables();
  const first = Number(ports.WAYBILL_APP_PORT);
  const own = { ...environment, ...ports, WAYBILL_WORKERS_AT: `127.0.0.1:${first},127.0.0.1:${first + 1}` };
  const stops = await Promise.all([
    startNode('services/app/main.ts', traced, { ...own, OTEL_SERVICE_NAME: 'app', WAYBILL_INSTANCE: 'app-1' }),
    startNode('services/app/main.ts', traced, {
      ...own,
      OTEL_SERVICE_NAME: 'app',
      WAYBILL_INSTANCE: 'app-2',
      WAYBILL_APP_PORT: String(first + 1),
    }),
    startNode('services/gateway/main.ts', traced, { ...own, OTEL_SERVICE_NAME: 'gateway' }),
  ]);
  return {
    name: `ours ${how}`,
    port: Number(ports.WAYBILL_GATEWAY_PORT),
    stop: async () => void (await Promise.all(stops.map((stop) => stop()))),
  };
}

async function startNode(entry: string, traced: boolean, env: NodeJS.ProcessEnv): Promise<() => Promise<void>> {
  const instrument = traced ? ['--import', './otel/instrument.ts'] : [];
  const child = spawn(process.execPath, [...instrument, entry], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await Promise.race([once(child, 'message'), ended(child, entry)]);
  return () => stop(child);
}

async function startDjango(name: string, python: string, env: NodeJS.ProcessEnv): Promise<Stand> {
  const port = Number((await freePortVariables()).WAYBILL_SITE_PORT);
  const settings = ['--workers', '2', '--bind', `127.0.0.1:${port}`, '--log-level', 'error'];
  const child = spawn(python, ['-m', 'gunicorn', ...settings, 'letters:application'], {
    cwd: join(ROOT, 'bench/django'),
    env: { ...env, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  while (
    !(await fetch(`http://127.0.0.1:${port}${PAGE}`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error('gunicorn ended');
    await delay(50);
  }
  return { name, port, stop: () => stop(child) };
}

async function ended(child: ChildProcess, entry: string): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`${entry} ended (${code})`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

function hasOpenTelemetry(python: string): boolean {
  return spawnSync(python, ['-c', 'import opentelemetry.instrumentation.django']).status === 0;
}

function missing(): [tool: string, reason: string][] {
  const needed: [string, string, boolean][] = [
    ['wrk', 'apt-get install wrk', existsSync('/usr/bin/wrk')],
    ['gunicorn with Django', 'apt-get install gunicorn python3-django', existsSync('/usr/bin/gunicorn')],
  ];
  return needed.filter(([, , isThere]) => !isThere).map(([tool, reason]) => [tool, reason]);
}

if (import.meta.main) await main(process.argv.slice(2));
