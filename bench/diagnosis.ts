// How long the diagnosis of a large trace takes: the first in a process, before V8 has compiled anything, and a later one.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { median } from '../traces/statistics/median.ts';
import { printFigure } from './tools/print.ts';
import type { Effort } from './tools/turns.ts';

const SPANS = [1000, 10_000, 100_000];
const GOAL_MS: Record<number, number> = { 10000: 200 };

type Call = { ms: number; cpuMs: number };

export async function main({ rounds }: Effort): Promise<void> {
  for (const count of SPANS) {
    const runs: { first: Call; tenth: Call }[] = [];
    for (let round = 0; round < rounds; round++) {
      const program = new URL('tools/diagnosis.ts', import.meta.url).pathname;
      const { stdout } = await promisify(execFile)(process.execPath, [program, String(count)]);
      runs.push(JSON.parse(stdout));
    }
    const spans = count.toLocaleString('en');
    printFigure(`first diagnosis of ${spans} spans`, median(runs.map(({ first }) => first.ms)), 'ms', GOAL_MS[count]);
    printFigure('  CPU', median(runs.map(({ first }) => first.cpuMs)), 'ms');
    printFigure(`tenth diagnosis of ${spans} spans`, median(runs.map(({ tenth }) => tenth.ms)), 'ms');
  }
}
