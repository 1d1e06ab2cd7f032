// Processes that are measured: how they are traced, when they are ready, how they end, and what Linux tells of them.

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** Node's options for a service that is traced. */
export const TRACED = ['--import', './otel/instrument.ts'];

/** Resolves when a service of the lab says that it is ready; throws when it ends before. */
export async function ready(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`${child.spawnargs.slice(1).join(' ')} ended (${code ?? signal})`);
  });
  await Promise.race([once(child, 'message'), ended]);
}

/** Ends it in order; resolves when it has ended, also if it had before. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** User and system time that it has used, in seconds (Linux counts in ticks of 10 ms). */
export function cpuSeconds({ pid }: Pick<ChildProcess, 'pid'>): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [utime = 0, stime = 0] = fields.split(' ').slice(11, 13).map(Number);
  return (utime + stime) / 100;
}

/** Its memory, in MB; what it shares with others is divided among them. */
export function pssMegabytes({ pid }: Pick<ChildProcess, 'pid'>): number {
  const kibibytes = Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]);
  return (kibibytes * 1024) / 1e6;
}

/** Its memory, in MB, with all that it shares. */
export function residentMegabytes({ pid }: ChildProcess): number {
  const kibibytes = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  return (kibibytes * 1024) / 1e6;
}
