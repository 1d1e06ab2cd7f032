// What Linux tells of a process.

import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** User and system time that it has used, in seconds (Linux counts in ticks of 10 ms). */
export function cpuSeconds({ pid }: ChildProcess): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [utime = 0, stime = 0] = fields.split(' ').slice(11, 13).map(Number);
  return (utime + stime) / 100;
}

/** Its memory, in MB. */
export function residentMegabytes({ pid }: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1000;
}
