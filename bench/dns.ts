// How many queries for a cached name the resolver answers, beside unbound with one thread:
//
//   unbound               no tracing
//   dns, 1 in 100         one query in a hundred is traced
//   dns, all              every query is traced and its span stored; 26,000 queries a second, because with more the cores, which
//                         the load shares, are full and spans may be lost

import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { requirePrograms } from './tools/process.ts';
import { createServices, untilIdle } from './tools/services.ts';
import { type Effort, inTurns, printFigures, type System } from './tools/turns.ts';

const NAME = 'tatis.test';
const ALL_TRACED_A_SECOND = '26000';
const SAMPLED = {
  OTEL_SERVICE_NAME: 'dns-sampled',
  OTEL_TRACES_SAMPLER: 'traceidratio',
  OTEL_TRACES_SAMPLER_ARG: '0.01',
};

/** Gives the rates as ratios to unbound. */
export async function main(effort: Effort): Promise<{ all: number; sampled: number }> {
  requirePrograms(['dnsperf', 'unbound', 'dig'], 'dnsperf unbound dnsutils');
  const [lab, other, peer] = [await createServices(), await createServices(), await createServices()];
  let queries = 1;
  try {
    const store = await lab.start('store');
    const all = await lab.start('dns', {}, true);
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: lab.url('WAYBILL_OTLP_PORT') };
    const sampled = await other.start('dns', { ...endpoint, ...SAMPLED }, true);
    const unbound = peer.add(startUnbound(peer.home, String(peer.ports.WAYBILL_DNS_PORT)));
    for (const { ports } of [lab, other]) askOnce(String(ports.WAYBILL_DNS_PORT)); // cached from here on
    await delay(500);

    const system = (name: string, { home, ports }: typeof lab, child: ChildProcess, load: string[] = []): System => ({
      name,
      run: dnsperf(home, String(ports.WAYBILL_DNS_PORT), load),
      processes: () => [{ name, pid: child.pid }],
      settle: () => untilIdle(child.pid, store.pid),
    });
    const everyQuery = system('dns, all', lab, all, ['-Q', ALL_TRACED_A_SECOND]);
    const counted = {
      ...everyQuery,
      run: async (seconds: number) => {
        const answered = await everyQuery.run(seconds);
        queries += answered.requests;
        return answered;
      },
    };
    const figures = await inTurns(
      [system('unbound', peer, unbound), system('dns, 1 in 100', other, sampled), counted],
      effort,
    );
    printFigures('queries', figures);
    await other.stop();
    const spans = await lab.countSpans('dns');
    console.log(
      `${queries} queries of "dns, all" were answered; ${spans} spans of dns are stored, one or more a query`,
    );
    const [base, one, every] = figures.map(({ rate }) => rate) as [number, number, number];
    return { all: every / base, sampled: one / base };
  } finally {
    for (const each of [other, peer, lab]) await each.stop();
  }
}

function askOnce(port: string): void {
  execFileSync('dig', ['@127.0.0.1', '-p', port, NAME]);
}

function startUnbound(home: string, port: string): ChildProcess {
  const configuration = `
server:
  interface: 127.0.0.1
  port: ${port}
  num-threads: 1
  do-daemonize: no
  username: ""
  chroot: ""
  directory: "${home}"
  pidfile: "${home}/pid"
  use-syslog: no
  logfile: ""
  module-config: "iterator"
  local-zone: "test." transparent
  local-data: "${NAME}. 300 A 203.0.113.10"
`;
  writeFileSync(join(home, 'conf'), configuration);
  return spawn('unbound', ['-c', join(home, 'conf')], { stdio: 'ignore' });
}

function dnsperf(home: string, port: string, load: string[]): System['run'] {
  const queries = join(home, 'queries');
  writeFileSync(queries, `${NAME} A\n`);
  return async (seconds) => {
    const args = ['-s', '127.0.0.1', '-p', port, '-d', queries, '-c', '4', '-l', String(seconds), ...load];
    const { stdout } = await promisify(execFile)('dnsperf', args);
    const number = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1]);
    return {
      requests: number(/Queries completed:\s+(\d+)/),
      rate: number(/Queries per second:\s+([\d.]+)/),
    };
  };
}
