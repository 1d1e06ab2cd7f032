// The whole chain as `npm start` runs it, requested by wrk at the web server's port, beside nginx + gunicorn + Django: what does
// tracing cost? All systems take turns. Then memory of a lab alone, and the benches dns, journey and store.
//
// Needs wrk, nginx, gunicorn, python3-django, python3-venv, dnsperf, unbound (Debian); OpenTelemetry for Django is installed in
// .waybill/bench-python. `--quick` leaves out memory and the other benches.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'undici';
import { freePortVariables, type Lab, processesOf, startLab } from '../lab/fixture.ts';
import { childrenOf } from '../runtime/platform/processes.ts';
import { cpuSeconds, megabytes } from '../runtime/platform/usage.ts';
import { median } from '../traces/statistics/median.ts';
import { main as measureDns } from './dns.ts';
import { main as measureWaiting } from './journey.ts';
import { type ChainResults, type Memory, type Page, verdicts } from './report/results.ts';
import { main as measureStore } from './store.ts';
import { djangoPython, djangoVersions, hasOpenTelemetry, startDjango } from './tools/django.ts';
import { NGINX, nginxVersion, startNginx } from './tools/nginx.ts';
import { printTable } from './tools/print.ts';
import { requirePrograms, stop } from './tools/process.ts';
import { countSpans } from './tools/stored.ts';
import { type Answered, type Effort, inTurns, measureUse, printFigures, type System } from './tools/turns.ts';
import { wrk } from './tools/wrk.ts';

const PAGES: Record<Page, { path: string; host: string }> = {
  dynamic: { path: '/letters/Ola/', host: 'djangogirls.test' },
  static: { path: '/static/style.css', host: 'tatis.test' },
};
/** Many, so that requests wait in the gateway's queue; and one, as a learner has. */
const CONNECTIONS = [32, 1];
/** How many spans proxy, gateway and worker make of one request. */
const SPANS: Record<Page, number> = { dynamic: 11, static: 3 };
/** V8 compiles code again and again while it is used: so long each system is requested before it is measured. */
const WARM_UP_SECONDS = 10;
/** OpenTelemetry for Python sends spans every 5 s. */
const PYTHON_EXPORTS_MS = 7000;
/** The first requests after a start, one at a time. */
const COLD_REQUESTS = 2000;
const SETTLE_MS = 10_000;
const REST_MS = 20_000;

/** The labs that are compared, by the variables that make them differ. */
const LABS: Record<string, NodeJS.ProcessEnv> = {
  traced: {},
  untraced: { OTEL_SDK_DISABLED: 'true' },
  'sampled 1 %': { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01' },
  protobuf: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' },
  TCP: { WAYBILL_SOCKETS: 'off' },
};
/** More requests than a lab is made for: none is refused, no span is dropped. */
const LIMITS = { WAYBILL_LOG_LEVEL: 'warn', WAYBILL_STORE_MEGABYTES: '20000', WAYBILL_QUEUE_DEPTH: '1000' };

/** What is asked at `port`, and how many requests it has answered. */
type Site = {
  name: string;
  port: number;
  answered: Record<Page, number>;
  processes: System['processes'];
  settle?: () => Promise<unknown>;
  stop: () => Promise<unknown>;
};

/** Prints every figure, and every goal with whether it is met; gives them all. */
export async function main(effort: Effort): Promise<ChainResults> {
  const isQuick = effort.rounds === 1;
  const programs = isQuick ? ['wrk', 'gunicorn', NGINX] : ['wrk', 'gunicorn', NGINX, 'dnsperf', 'unbound'];
  requirePrograms(programs, 'wrk nginx gunicorn python3-django python3-venv dnsperf unbound');
  const home = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
  try {
    const results: ChainResults = { where: describeMachine(), ...(await measureSites(home, effort)) };
    if (!isQuick) {
      results.memory = await measureMemory();
      results.dns = await measureDns(effort);
      results.waiting = await measureWaiting(effort);
      results.store = await measureStore({ ...effort, rounds: 1 });
    }
    const goals = verdicts(results).filter(({ found }) => found !== undefined);
    printTable(goals.map(({ what, isMet, ...goal }) => ({ goal: what, ...goal, '': isMet ? 'met' : 'missed' })));
    return results;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function measureSites(home: string, effort: Effort) {
  const sites: Site[] = [];
  try {
    for (const [name, variables] of Object.entries(LABS)) sites.push(await startLabSite(name, variables));
    const [first] = sites as [Awaited<ReturnType<typeof startLabSite>>];
    const labs = [...sites];
    const nginx = await startDjangoSite('Django', home, first.lab);
    sites.push(nginx);
    const endpoint = `http://127.0.0.1:${first.lab.environment.WAYBILL_OTLP_PORT}`;
    if (hasOpenTelemetry(djangoPython())) sites.push(await startDjangoSite('Django traced', home, first.lab, endpoint));
    else console.log('Django traced: OpenTelemetry for Python could not be installed');

    const rates: ChainResults['rates'] = [];
    for (const site of sites) rates.push(await measureCold(site));
    printFigures(`first ${COLD_REQUESTS} requests`, rates);
    const measure = async (page: Page, connections: number, compared: Site[]) => {
      const systems = compared.map((site) => systemOf(site, page, connections));
      if (effort.rounds > 1) for (const { run } of systems) await run(WARM_UP_SECONDS);
      const figures = await inTurns(systems, effort);
      printFigures(`${page}, ${connections} connections`, figures);
      rates.push(...figures.map((figure) => ({ page, connections, ...figure })));
    };
    await measure('static', 32, [...labs, { ...nginx, name: 'nginx, all cores' }]);
    for (const connections of CONNECTIONS) await measure('dynamic', connections, sites);
    for (const each of sites.splice(1).toReversed()) await each.stop(); // Django sends what it still has
    return { rates, spans: await countMade(first) };
  } finally {
    for (const each of sites.toReversed()) await each.stop();
  }
}

/** One request after another, as a learner sends them: CPU until the last one is answered, and exported. */
async function measureCold(site: Site): Promise<ChainResults['rates'][number]> {
  const { path, host } = PAGES.dynamic;
  const client = new Client(`http://127.0.0.1:${site.port}`);
  const run = async (): Promise<Answered> => {
    const times: number[] = [];
    const start = performance.now();
    for (let count = 0; count < COLD_REQUESTS; count++) {
      const sent = performance.now();
      const { body } = await client.request({ method: 'GET', path, headers: { host } });
      await body.dump();
      times.push(performance.now() - sent);
    }
    const seconds = (performance.now() - start) / 1000;
    return { requests: COLD_REQUESTS, rate: Math.round(COLD_REQUESTS / seconds), medianMs: median(times) };
  };
  const figure = await measureUse(systemOf(site, 'dynamic', 1), run);
  site.answered.dynamic += COLD_REQUESTS;
  await client.close();
  const cpu = Object.fromEntries(Object.entries(figure.cpu).map(([name, micros]) => [name, Math.round(micros)]));
  return { page: 'dynamic', connections: 1, name: site.name, isCold: true, ...figure, cpu };
}

function systemOf(site: Site, page: Page, connections: number): System {
  const { path, host } = PAGES[page];
  const send = wrk(`http://127.0.0.1:${site.port}${path}`, connections, `Host: ${host}`);
  return {
    ...site,
    run: async (seconds) => {
      const answered = await send(seconds);
      site.answered[page] += answered.requests;
      return answered;
    },
  };
}

/** A lab as `npm start` runs it, with `variables`. */
async function startLabSite(name: string, variables: NodeJS.ProcessEnv) {
  const lab = await startLab({ ...LIMITS, ...variables });
  return {
    lab,
    name,
    port: lab.config.ports.WAYBILL_SITE_PORT,
    answered: { dynamic: 0, static: 0 },
    processes: () => labProcesses(lab),
    stop: lab.stop,
  };
}

function labProcesses({ process: { pid = 0 } }: Lab): { name: string; pid: number }[] {
  return [{ name: 'npm start', pid }, ...processesOf(pid)];
}

/** nginx in one process a core, before gunicorn and Django, over the lab's database and static files; traced to `endpoint`. */
async function startDjangoSite(name: string, home: string, { environment, config }: Lab, endpoint?: string) {
  const django = await startDjango(join(config.home, 'site.db'), endpoint);
  const port = Number((await freePortVariables()).WAYBILL_SITE_PORT);
  const locations = `
    location /static/ { alias ${environment.WAYBILL_HOME}/static/; }
    location / { proxy_pass http://127.0.0.1:${django.port}; proxy_set_header Host $host; }`;
  const nginx = startNginx(mkdtempSync(join(home, 'nginx-')), port, locations, availableParallelism());
  const family = (name: string, pid = 0) => [{ pid }, ...childrenOf(pid)].map((each) => ({ name, pid: each.pid }));
  return {
    name,
    port,
    answered: { dynamic: 0, static: 0 },
    processes: () => [...family('nginx', nginx.pid), ...family('gunicorn', django.pid)],
    ...(endpoint !== undefined && { settle: () => delay(PYTHON_EXPORTS_MS) }),
    async stop() {
      await stop(nginx);
      await django.stop();
    },
  };
}

/** Requests that wrk abandons when it ends, one a connection at most, have spans too: more than was made may be stored. */
async function countMade({ lab, answered }: Site & { lab: Lab }): Promise<ChainResults['spans']> {
  await stop(lab.process); // the store's file has one reader
  const made = SPANS.dynamic * answered.dynamic + SPANS.static * answered.static;
  const file = join(lab.config.home, 'traces.db');
  const inStore = ['proxy', 'gateway', 'app'].reduce((sum, service) => sum + countSpans(file, service), 0);
  const stored = Math.min(made, inStore);
  console.log(`spans: ${made} made of what the traced lab answered, ${stored} of them in its store\n`);
  return { made, stored };
}

/** Memory of each process of a lab alone: at rest, the most under load, and 10 s after it; and CPU at rest. */
async function measureMemory(): Promise<NonNullable<ChainResults['memory']>> {
  const site = await startLabSite('traced', {});
  try {
    await delay(SETTLE_MS);
    const used = () => site.processes().reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
    const before = used();
    await delay(REST_MS);
    const restPercentOfCore = Number((((used() - before) / REST_MS) * 100_000).toFixed(1));
    const rest = memoryOf(site);
    const load: Memory = {};
    const system = systemOf(site, 'dynamic', 32);
    for (let second = 0; second < REST_MS / 1000; second++) {
      await system.run(1);
      for (const [name, now] of Object.entries(memoryOf(site))) load[name] = Math.max(load[name] ?? 0, now);
    }
    await delay(SETTLE_MS);
    const memory = { rest, load, after: memoryOf(site), restPercentOfCore };
    printTable(
      Object.keys(rest).map((name) => ({
        'memory, MB': name,
        'at rest': rest[name],
        'under load': load[name],
        '10 s after': memory.after[name],
      })),
    );
    return memory;
  } finally {
    await site.stop();
  }
}

function memoryOf({ processes }: Site): Memory {
  const memory: Memory = {};
  let workers = 0;
  for (const { name, pid } of processes()) {
    memory[name === 'app' ? `app-${++workers}` : name] = Math.round(megabytes(pid));
  }
  return memory;
}

function describeMachine(): string {
  const [{ model } = { model: 'unknown' }] = cpus();
  const packageFile = new URL('../node_modules/@opentelemetry/sdk-node/package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };
  return [
    new Date().toISOString().slice(0, 10),
    `${cpus().length} × ${model}`,
    `Node ${process.versions.node}, OpenTelemetry for Node ${version}`,
    `${nginxVersion()}, ${djangoVersions()}`,
  ].join('; ');
}
