// The proxy beside nginx (Debian's, one worker, untraced), asked in turns by wrk with 64 connections in the same run:
// a small file, a 304, a file of 1 MiB; and what is dynamic, beside asking the gateway directly. Traced processes file
// every span in the lab's own store, which is asked afterwards whether any is missing. CPU time tells of the process
// alone, whatever else the machine does meanwhile.
//
// For files, wrk shares one core with the server that it asks, and the store has the others: so nobody waits for anybody,
// and a rate tells what a request costs on both sides. With `all`, everything has all cores: then nginx answers as fast as
// wrk's one thread can ask, and on two cores the traced proxy, the store and wrk are one too many. What is dynamic
// crosses four processes and has all cores always.
//
//   npm run bench proxy [seconds each] [rounds] [all]      needs /usr/sbin/nginx, wrk, and Linux (taskset)

import { setTimeout as delay } from 'node:timers/promises';
import { median } from '../traces/median.ts';
import { type BenchLab, type Cores, startBench, type Who } from './proxy-lab.ts';
import { cpuSeconds, residentMegabytes } from './tools/process.ts';
import { type Answered, wrk } from './tools/wrk.ts';

const CONNECTIONS = 64;
const SMALL = '/static/small.css';

/** What is asked of whom; the first is what the others are measured by, `wanted` the least that they must reach of it. */
const CASES = [
  {
    name: 'small file',
    cores: 'one',
    path: SMALL,
    who: ['nginx', 'untraced', 'traced'],
    wanted: { untraced: 0.35, traced: 0.15 },
  },
  {
    name: '304',
    cores: 'one',
    path: SMALL,
    who: ['nginx', 'untraced', 'traced'],
    wanted: { untraced: 0.35, traced: 0.15 },
  },
  {
    name: '1 MiB',
    cores: 'one',
    path: '/static/large.bin',
    who: ['nginx', 'untraced', 'traced'],
    wanted: { untraced: 1 },
  },
  { name: 'dynamic', cores: 'all', path: '/', who: ['gateway', 'traced'], wanted: { traced: 0.5 } },
] as const satisfies { name: string; cores: Cores; path: string; who: Who[]; wanted: Partial<Record<Who, number>> }[];

type Measured = Answered & { cpu: number };

/** Prints rates, their ratios, CPU time for each request, memory over 200,000 requests, and spans lost. */
export async function main([seconds = '2', rounds = '7', placed]: string[] = []): Promise<void> {
  const lab = await startBench();
  const results = new Map<string, Measured[]>();
  try {
    const ask = (who: Who, path: string, duration: number, headers: string[] = []) =>
      measure(lab, who, path, duration, headers);
    for (const { who, path } of CASES.flatMap(({ who, path }) => who.map((each) => ({ who: each, path })))) {
      await ask(who, path, 1); // compiles
    }
    for (let round = 0; round < Number(rounds); round++) {
      for (const { name, cores, path, who: all } of CASES) {
        lab.place(placed === 'all' ? 'all' : cores);
        for (const who of all) {
          const headers = name === '304' ? [`If-None-Match: ${await etagOf(lab, who)}`] : [];
          const key = `${name} ${who}`;
          results.set(key, [...(results.get(key) ?? []), await ask(who, path, Number(seconds), headers)]);
        }
      }
    }
    lab.place('all');
    for (const each of CASES) report(each, results);
    for (const who of ['untraced', 'traced'] as const) await reportMemory(lab, who, () => ask(who, SMALL, 2));
  } finally {
    const { made, stored } = await lab.stop();
    console.log(`spans        ${made} made by the traced proxy, ${made - stored} lost`);
  }
}

async function etagOf(lab: BenchLab, who: Who): Promise<string> {
  const { headers } = await fetch(`http://127.0.0.1:${lab.of[who].port}${SMALL}`);
  return headers.get('etag') ?? '';
}

async function measure(lab: BenchLab, who: Who, path: string, seconds: number, headers: string[]): Promise<Measured> {
  const { port, process } = lab.of[who];
  const before = cpuSeconds(process);
  const answered = await wrk(`http://127.0.0.1:${port}${path}`, { connections: CONNECTIONS, seconds, headers });
  await lab.settle(); // what is left to export is part of the cost, and not of the next one's
  return { ...answered, cpu: ((cpuSeconds(process) - before) / answered.requests) * 1e6 };
}

function report(
  { name, who: [base, ...others], wanted }: (typeof CASES)[number],
  results: Map<string, Measured[]>,
): void {
  const middle = (who: Who, what: 'rate' | 'cpu') =>
    median((results.get(`${name} ${who}`) ?? []).map((each) => each[what]));
  const figures = (who: Who) =>
    `${middle(who, 'rate').toFixed(0).padStart(6)}/s ${middle(who, 'cpu').toFixed(0).padStart(4)} µs CPU`;
  const compared = others.map((who) => {
    const ratio = middle(who, 'rate') / middle(base, 'rate');
    const byCpu = middle(base, 'cpu') / middle(who, 'cpu');
    const least = (wanted as Partial<Record<Who, number>>)[who];
    return `${who} ${figures(who)} = ${ratio.toFixed(2)} (by CPU ${byCpu.toFixed(2)}${least ? `; wanted ${least}` : ''})`;
  });
  console.log(`${name.padEnd(12)} ${base} ${figures(base)}   ${compared.join('   ')}`);
}

/** Asks until 200,000 requests are answered, after 50,000 that fill the heap. */
async function reportMemory(lab: BenchLab, who: Who, ask: () => Promise<Measured>): Promise<void> {
  const sizes: number[] = [];
  for (let sent = 0, next = 50_000; next <= 250_000; ) {
    sent += (await ask()).requests;
    if (sent < next) continue;
    await delay(1000);
    sizes.push(residentMegabytes(lab.of[who].process));
    next += 50_000;
  }
  console.log(`memory       ${who}: ${sizes.map((size) => size.toFixed(0)).join(', ')} MB after each 50,000 requests`);
}

if (import.meta.main) await main(process.argv.slice(2));
