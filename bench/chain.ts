// The whole chain as `npm start` runs it, asked by wrk at the web server's port, beside nginx + gunicorn + Django: what
// does a waybill cost? All stand at once and are asked in turns; a rate tells of the chain, CPU of all its processes.
//
//   traced, protobuf, sampled 1 %, untraced        labs of their own, with two workers and every span stored
//   nginx + Django, traced too where PYTHON has OpenTelemetry's Django instrumentation
//
//   npm run bench chain [seconds a round]          --quick: one round of a second
//   needs wrk, nginx, gunicorn, python3-django (Debian), and Linux

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LabError } from '../lab/command.ts';
import { childrenOf, freePortVariables, startLab } from '../tests/lab.ts';
import { hasTool } from '../tests/tool.ts';
import { hasOpenTelemetry, PYTHON, startDjango } from './tools/django.ts';
import { median } from './tools/median.ts';
import { NGINX, startNginx } from './tools/nginx.ts';
import { cpuSeconds, stop } from './tools/process.ts';
import { countSpans } from './tools/spans.ts';
import { type Load, wrk } from './tools/wrk.ts';

const ROUNDS = 5;
const CONNECTIONS = 32;
const WARM_UP_SECONDS = 2;
const PAGES = {
  dynamic: { path: '/letters/Ola/', host: 'djangogirls.test' },
  static: { path: '/static/style.css', host: 'tatis.test' },
} as const;
/** How many spans proxy, gateway and worker make of one request. */
const SPANS = { dynamic: 11, static: 3 };
const LABS = {
  traced: {},
  protobuf: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' },
  'sampled 1 %': { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01' },
  untraced: { OTEL_SDK_DISABLED: 'true' },
};
/** What is wanted of one beside another. */
const GOALS: [page: Page, one: string, other: string, least: number][] = [
  ['dynamic', 'traced', 'Django traced', 2],
  ['dynamic', 'untraced', 'Django', 2.5],
  ['dynamic', 'traced', 'untraced', 0.6],
  ['dynamic', 'sampled 1 %', 'untraced', 0.85],
  ['static', 'traced', 'Django', 0.2],
  ['static', 'untraced', 'Django', 0.4],
];

type Page = keyof typeof PAGES;
type Stand = { name: string; port: number; pids: () => number[]; stop: () => Promise<unknown> };
type Figures = { rate: number; cpu: number; requests: number };

/** Prints requests a second and CPU a request of each, the ratios with their goals, and whether every span was stored. */
export async function main(args: string[]): Promise<void> {
  const isQuick = args.includes('--quick');
  const [seconds = '3'] = args.filter((arg) => /^\d+$/.test(arg));
  const missing = ['wrk', 'gunicorn', NGINX].find((tool) => !hasTool(tool));
  if (missing) throw new LabError(`This bench needs ${missing}: apt-get install wrk nginx gunicorn python3-django`);
  const home = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
  const stands: Stand[] = [];
  try {
    const labs = await startLabs(stands);
    await startPeers(stands, home, join(labs.traced.config.home, 'site.db'), labs.traced.environment);
    const found = await measure(stands, isQuick ? 1 : Number(seconds), isQuick ? 1 : ROUNDS);
    report(found);
    await stop(labs.traced.process); // nobody else may read the store's file
    const made = (['dynamic', 'static'] as const).reduce(
      (sum, page) => sum + SPANS[page] * (found.get(key(page, 'traced'))?.requests ?? 0),
      0,
    );
    const file = join(labs.traced.config.home, 'traces.db');
    const stored = ['proxy', 'gateway', 'app'].reduce((sum, service) => sum + countSpans(file, service), 0);
    // Requests that wrk leaves behind when it ends, one a connection at most, have spans too.
    console.log(
      `\nspans        ${made} made of what traced answered, ${Math.max(0, made - stored)} of them not stored`,
    );
  } finally {
    for (const each of stands.toReversed()) await each.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

async function startLabs(stands: Stand[]) {
  const labs = {} as Record<keyof typeof LABS, Awaited<ReturnType<typeof startLab>>>;
  for (const [name, variables] of Object.entries(LABS)) {
    const lab = await startLab({ WAYBILL_LOG_LEVEL: 'warn', WAYBILL_STORE_MEGABYTES: '20000', ...variables });
    labs[name as keyof typeof LABS] = lab;
    const pid = lab.process.pid ?? 0;
    stands.push({
      name,
      port: Number(lab.config.ports.WAYBILL_SITE_PORT),
      pids: () => childrenOf(pid),
      stop: lab.stop,
    });
  }
  return labs;
}

/** nginx before gunicorn and Django, over the same database and the same files. */
async function startPeers(stands: Stand[], home: string, database: string, environment: NodeJS.ProcessEnv) {
  const traced = hasOpenTelemetry(PYTHON) ? [`http://127.0.0.1:${environment.WAYBILL_OTLP_PORT}`] : [];
  for (const endpoint of [undefined, ...traced]) {
    const django = await startDjango(database, endpoint);
    const port = Number((await freePortVariables()).WAYBILL_SITE_PORT);
    const folder = mkdtempSync(join(home, 'nginx-'));
    const statics = join(environment.WAYBILL_HOME ?? '', 'static');
    const nginx = startNginx(
      folder,
      port,
      `location /static/ { alias ${statics}/; } location / { proxy_pass http://127.0.0.1:${django.port}; proxy_set_header Host $host; }`,
    );
    stands.push({
      name: endpoint === undefined ? 'Django' : 'Django traced',
      port,
      pids: () => [nginx.pid ?? 0, django.pid, ...childrenOf(django.pid)],
      stop: async () => {
        await stop(nginx);
        await django.stop();
      },
    });
  }
}

async function measure(stands: readonly Stand[], seconds: number, rounds: number): Promise<Map<string, Figures>> {
  const all = new Map<string, Figures[]>();
  const ask = async (page: Page, stand: Stand, duration: number) => {
    const { path, host } = PAGES[page];
    const load: Load = { connections: CONNECTIONS, seconds: duration, headers: [`Host: ${host}`] };
    const before = cpuOf(stand.pids());
    const { rate, requests } = await wrk(`http://127.0.0.1:${stand.port}${path}`, load);
    const figures = { rate, requests, cpu: ((cpuOf(stand.pids()) - before) / requests) * 1e6 };
    all.set(key(page, stand.name), [...(all.get(key(page, stand.name)) ?? []), figures]);
  };
  const pages = Object.keys(PAGES) as Page[];
  for (const page of pages) {
    for (const stand of stands) await ask(page, stand, WARM_UP_SECONDS);
    for (let round = 0; round < rounds; round++) for (const stand of stands) await ask(page, stand, seconds);
  }
  return new Map(
    [...all].map(([name, [warm, ...each]]) => [
      name,
      {
        rate: median(each.map(({ rate }) => rate)),
        cpu: median(each.map(({ cpu }) => cpu)),
        requests: [warm, ...each].reduce((sum, one) => sum + (one?.requests ?? 0), 0),
      },
    ]),
  );
}

function report(found: ReadonlyMap<string, Figures>): void {
  for (const [name, { rate, cpu }] of found) {
    console.log(
      `${name.padEnd(24)} ${rate.toFixed(0).padStart(6)} a second   ${cpu.toFixed(0).padStart(5)} µs of CPU a request`,
    );
  }
  console.log('');
  for (const [page, one, other, least] of GOALS) {
    const [a, b] = [found.get(key(page, one)), found.get(key(page, other))];
    const what = `${page}: ${one} / ${other}`.padEnd(40);
    if (a === undefined || b === undefined)
      console.log(`${what}    –   (goal ${least}; not measured: ${other} is not there)`);
    else
      console.log(
        `${what} ${(a.rate / b.rate).toFixed(2)}   (goal ${least}: ${a.rate / b.rate >= least ? 'met' : 'missed'})`,
      );
  }
}

const key = (page: Page, name: string) => `${page}, ${name}`;

/** Seconds of CPU that the processes have used; one that has ended has used none. */
function cpuOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    try {
      return sum + cpuSeconds({ pid });
    } catch {
      return sum;
    }
  }, 0);
}
