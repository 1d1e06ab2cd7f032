// The whole chain as `npm start` runs it, asked by wrk at the web server's port, beside nginx + gunicorn + Django: what
// does a waybill cost? Every rate is of stands that take turns, after each is as warm as it gets.
//
//   npm run bench chain                            about a quarter of an hour; -- --record keeps it (docs/bench.md)
//   npm run bench chain -- --quick                 under a minute: the ratios alone, of a chain that is not quite warm
//
// Needs Linux, and wrk, nginx, gunicorn, python3-django, python3-venv, dnsperf, unbound (Debian); OpenTelemetry for Django is
// installed in .waybill/bench-python.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { LabError } from '../lab/cli/command.ts';
import { hasTool } from '../tests/tool.ts';
import { measureCrowds, measureLongTraces, measureWorkers } from './chain/growth.ts';
import { measureMemory } from './chain/memory.ts';
import { measureRates, type Rounds } from './chain/rates.ts';
import { LABS, type LabStand, type Stand, startDjangoStand, startLabStand } from './chain/stands.ts';
import { main as measureDns } from './dns.ts';
import { main as measureWaiting } from './journey.ts';
import { type ChainResults, cpuInWords, verdicts } from './report/results.ts';
import { main as measureStore } from './store.ts';
import { djangoPython, djangoVersions, hasOpenTelemetry } from './tools/django.ts';
import { NGINX, nginxVersion } from './tools/nginx.ts';
import { stop } from './tools/process.ts';
import { countSpans } from './tools/spans.ts';

const FULL: Rounds = { rounds: 3, seconds: 3, isWarm: true };
const QUICK: Rounds = { rounds: 1, seconds: 1, isWarm: false };
/** How many spans proxy, gateway and worker make of one request. */
const SPANS = { dynamic: 11, static: 3 };
const STORE_TRACES = '10000';

/** Prints every figure, and every goal with whether it is met; gives them all. */
export async function main(args: string[]): Promise<ChainResults> {
  const isQuick = args.includes('--quick');
  const tools = isQuick ? ['wrk', 'gunicorn', NGINX] : ['wrk', 'gunicorn', NGINX, 'dnsperf', 'unbound'];
  const missing = tools.find((tool) => !hasTool(tool));
  if (missing) {
    const packages = 'wrk nginx gunicorn python3-django python3-venv dnsperf unbound';
    throw new LabError(`This bench needs ${missing}: apt-get install ${packages}`);
  }
  const home = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
  try {
    const results = { where: whereAndWhat(), ...(await measureStands(home, isQuick)) };
    if (!isQuick) Object.assign(results, await measureTheRest(home));
    reportGoals(results);
    return results;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function measureStands(home: string, isQuick: boolean) {
  const stands: Stand[] = [];
  try {
    const { traced, ...others } = LABS;
    const first = await startLabStand('traced', traced);
    stands.push(first);
    for (const [name, variables] of Object.entries(others)) {
      if (!isQuick || name !== 'protobuf') stands.push(await startLabStand(name, variables));
    }
    const statics = [...stands];
    const nginx = await startDjangoStand('Django', home, first.lab);
    const endpoint = `http://127.0.0.1:${first.lab.environment.WAYBILL_OTLP_PORT}`;
    stands.push(nginx);
    if (hasOpenTelemetry(djangoPython())) {
      stands.push(await startDjangoStand('Django traced', home, first.lab, endpoint));
    } else console.log('Django traced: OpenTelemetry for Python could not be installed');

    const onlyNginx = { ...nginx, name: 'nginx, all cores' };
    const rounds = isQuick ? QUICK : FULL;
    const fixed = await measureRates('static', [...statics, onlyNginx], rounds);
    const dynamic = await measureRates('dynamic', stands, rounds);
    const rates = [...dynamic, ...fixed];
    reportRates(rates);
    const crowd = stands.filter(({ name }) => ['traced', 'untraced', 'Django', 'Django traced'].includes(name));
    const crowds = isQuick ? undefined : await measureCrowds(crowd);
    if (crowds) report('connections', crowds);
    for (const each of stands.splice(1).toReversed()) await each.stop(); // Django sends what it still has
    const spans = await countMade(first);
    return { rates, spans, ...(crowds && { crowds }) };
  } finally {
    for (const each of stands.toReversed()) await each.stop();
  }
}

async function measureTheRest(home: string) {
  const workers = await measureWorkers({ traced: LABS.traced, untraced: LABS.untraced });
  report('workers', workers);
  const longTraces = await measureLongTraces(mkdtempSync(join(home, 'store-')));
  report('spans in a trace', longTraces);
  const memory = await measureMemory();
  const { restPercentOfCore, ...when } = memory;
  report(
    'memory, MB',
    Object.entries(when).map(([name, { all, processes }]) => ({ name, all, ...processes })),
  );
  console.log(`all processes at rest use ${restPercentOfCore} % of a core\n`);
  const waiting = await measureWaiting();
  console.log('');
  const dns = await measureDns([]);
  console.log('');
  const store = await measureStore([STORE_TRACES]);
  console.log('');
  return { workers, longTraces, memory, waiting, dns, store };
}

/** Requests that wrk leaves behind when it ends, one a connection at most, have spans too: more than was made may be stored. */
async function countMade({ lab, answered }: LabStand): Promise<ChainResults['spans']> {
  await stop(lab.process); // nobody else may read the store's file
  const made = SPANS.dynamic * answered.dynamic + SPANS.static * answered.static;
  const file = join(lab.config.home, 'traces.db');
  const inStore = ['proxy', 'gateway', 'app'].reduce((sum, service) => sum + countSpans(file, service), 0);
  const stored = Math.min(made, inStore);
  console.log(`spans: ${made} made of what the traced lab answered, ${stored} of them in its store\n`);
  return { made, stored };
}

function reportRates(rates: ChainResults['rates']): void {
  for (const { page, name, rate, cpu } of rates) {
    const { sum, parts } = cpuInWords(cpu);
    console.log(
      `${`${page}, ${name}`.padEnd(24)} ${String(rate).padStart(6)} a second ${String(sum).padStart(6)} µs of CPU a request: ${parts}`,
    );
  }
  console.log('');
}

/** Rows of the same columns, as a table. */
function report(title: string, rows: readonly Record<string, string | number>[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const text = (value: string | number | undefined) => String(value ?? '');
  const widths = columns.map((key) => Math.max(key.length, ...rows.map((row) => text(row[key]).length)));
  const line = (cells: string[]) => cells.map((cell, index) => cell.padStart(widths[index] ?? 0)).join('   ');
  console.log([title, line(columns), ...rows.map((row) => line(columns.map((key) => text(row[key]))))].join('\n'));
  console.log('');
}

function reportGoals(results: ChainResults): void {
  console.log('goals');
  for (const { what, found, wanted, isMet } of verdicts(results)) {
    if (found !== undefined)
      console.log(`${what.padEnd(46)} ${found.padStart(9)}   ${wanted.padEnd(10)} ${isMet ? 'met' : 'missed'}`);
  }
}

function whereAndWhat(): string {
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
