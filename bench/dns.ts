// How many questions for a remembered name the phonebook answers in a second, beside unbound with one thread, in turns:
//
//   unbound               no tracing
//   dns, 1 in 100         one question in a hundred is traced
//   dns, all              every question is traced, and its span is stored by the embedded store; asked 26,000 times a
//                         second, because with more the two cores, which the load shares, are full and spans may be lost
//
// Needs dnsperf and unbound (Debian: apt-get install dnsperf unbound). Machines differ: compare within a run.
//
//   npm run bench dns [seconds]

import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { LabError } from '../lab/cli/command.ts';
import { services } from '../otel/contract/services.ts';
import { freePortVariables } from '../tests/lab.ts';
import { hasTool } from '../tests/tool.ts';
import { median } from '../traces/median.ts';
import { ready, stop, TRACED } from './tools/process.ts';

const ROOT = join(import.meta.dirname, '..');
const ROUNDS = 3;
const NAME = 'tatis.test';
const ALL_TRACED_A_SECOND = '26000';
const ONE_IN_100 = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01' };

type Figures = { rate: number; sent: number; lost: number };

/** Prints answers a second, the ratio to unbound, and what was lost; gives the ratios. */
export async function main([seconds = '4']: string[]): Promise<{ all: number; sampled: number }> {
  for (const tool of ['dnsperf', 'unbound']) {
    if (!hasTool(tool)) throw new LabError(`This bench needs ${tool}: apt-get install dnsperf unbound`);
  }
  const found: Record<'unbound' | 'sampled' | 'all', Figures[]> = { unbound: [], sampled: [], all: [] };
  let stored = 0;
  for (let round = 0; round < ROUNDS; round++) {
    found.unbound.push(await measureUnbound(seconds));
    found.sampled.push((await measureDns(seconds, ONE_IN_100)).figures);
    const { figures, traces } = await measureDns(seconds, {}, ['-Q', ALL_TRACED_A_SECOND]);
    found.all.push(figures);
    stored += traces;
  }
  const rate = (figures: Figures[]) => median(figures.map((each) => each.rate));
  const sum = (figures: Figures[], what: 'sent' | 'lost') => figures.reduce((total, each) => total + each[what], 0);
  const line = (label: string, figures: Figures[], more = '') =>
    `${label.padEnd(16)} ${rate(figures).toFixed(0).padStart(7)} answers a second   ${(rate(figures) / rate(found.unbound)).toFixed(2)} × unbound   ${sum(figures, 'lost')} lost${more}`;
  console.log(line('unbound', found.unbound));
  console.log(line('dns, 1 in 100', found.sampled));
  console.log(
    line('dns, all', found.all, `   ${stored} traces stored for ${sum(found.all, 'sent') + ROUNDS} questions`),
  );
  return { all: rate(found.all) / rate(found.unbound), sampled: rate(found.sampled) / rate(found.unbound) };
}

async function measureUnbound(seconds: string): Promise<Figures> {
  const home = mkdtempSync(join(tmpdir(), 'waybill-unbound-'));
  const port = (await freePortVariables()).WAYBILL_DNS_PORT as string;
  const lines = [
    'server:',
    'interface: 127.0.0.1',
    `port: ${port}`,
    'num-threads: 1',
    'do-daemonize: no',
    'username: ""',
  ];
  const files = ['chroot: ""', `directory: "${home}"`, `pidfile: "${home}/pid"`, 'use-syslog: no', 'logfile: ""'];
  const zone = [
    'module-config: "iterator"',
    'local-zone: "test." transparent',
    `local-data: "${NAME}. 300 A 203.0.113.10"`,
  ];
  writeFileSync(join(home, 'conf'), [...lines, ...files, ...zone].join('\n'));
  const unbound = spawn('unbound', ['-c', join(home, 'conf')], { stdio: 'ignore' });
  await delay(500);
  const figures = await dnsperf(port, seconds, home);
  await stop(unbound);
  rmSync(home, { recursive: true });
  return figures;
}

async function measureDns(
  seconds: string,
  sampling: NodeJS.ProcessEnv,
  load: string[] = [],
): Promise<{ figures: Figures; traces: number }> {
  const home = mkdtempSync(join(tmpdir(), 'waybill-bench-dns-'));
  const ports = await freePortVariables();
  const port = ports.WAYBILL_DNS_PORT as string;
  const environment = {
    ...process.env,
    ...ports,
    WAYBILL_HOME: home,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${ports.WAYBILL_OTLP_PORT}`,
    ...sampling,
  };
  const store = await start('services/store/main.ts', environment, [...services.store.options]);
  const dns = await start('services/dns/main.ts', { ...environment, OTEL_SERVICE_NAME: 'dns' }, TRACED);
  execFileSync('dig', ['@127.0.0.1', '-p', port, NAME]); // from now on it is remembered
  const figures = await dnsperf(port, seconds, home, load);
  await stop(dns); // sends what is queued
  await stop(store);
  const database = new DatabaseSync(join(home, 'traces.db'), { readOnly: true });
  const { traces } = database.prepare('select count(*) as traces from trace').get() as { traces: number };
  database.close();
  rmSync(home, { recursive: true });
  return { figures, traces };
}

async function start(entry: string, env: NodeJS.ProcessEnv, execArgv: string[]): Promise<ChildProcess> {
  const child = fork(entry, { cwd: ROOT, env, execArgv, stdio: 'ignore' });
  await ready(child);
  return child;
}

async function dnsperf(port: string, seconds: string, home: string, load: string[] = []): Promise<Figures> {
  const questions = join(home, 'questions');
  writeFileSync(questions, `${NAME} A\n`);
  const run = spawn('dnsperf', ['-s', '127.0.0.1', '-p', port, '-d', questions, '-c', '4', '-l', seconds, ...load]);
  let printed = '';
  run.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  await once(run, 'close');
  const number = (pattern: RegExp) => Number(pattern.exec(printed)?.[1]);
  return {
    rate: number(/Queries per second:\s+([\d.]+)/),
    sent: number(/Queries sent:\s+(\d+)/),
    lost: number(/Queries lost:\s+(\d+)/),
  };
}
