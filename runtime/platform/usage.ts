// What Linux reports of the CPU and the memory of processes; other systems do not at that price.

import { openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { SYSTEM } from './system.ts';

/** Whether CPU time and memory of other processes can be read. */
export const isMeasurable: boolean = SYSTEM === 'linux';

/** https://docs.kernel.org/scheduler/sched-stats.html: its second number is the ns spent waiting on a run queue. */
const schedstat = openSchedstat();
const bytes = Buffer.alloc(128);

/** How long this process's main thread has waited for a CPU, in ms; 0 where that is not known. */
export function cpuWait(): number {
  if (schedstat === undefined) return 0;
  const length = readSync(schedstat, bytes, 0, bytes.length, 0);
  return Number(bytes.toString('latin1', 0, length).split(' ')[1]) / 1e6;
}

function openSchedstat(): number | undefined {
  try {
    return openSync('/proc/self/schedstat', 'r');
  } catch {
    return undefined; // another system, or a kernel without it
  }
}

/**
 * User and system time that a process has used, in seconds (Linux counts in ticks of 10 ms); 0 when it has ended. `withEnded`: with that of
 * those of its children that have ended.
 */
export function cpuSeconds(pid = 0, withEnded = false): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? ''; // a command may contain `) `
    const ticks = fields.split(' ').slice(11, withEnded ? 15 : 13);
    return ticks.reduce((sum, each) => sum + Number(each), 0) / 100;
  } catch {
    return 0;
  }
}

/** How often the threads of a process gave up a core, or were taken off it, since they began; 0 when it has ended. */
export function contextSwitches(pid = 0): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`).map((id) =>
      readFileSync(`/proc/${pid}/task/${id}/status`, 'utf8'),
    );
    return threads
      .flatMap((status) => [...status.matchAll(/ctxt_switches:\s+(\d+)/g)])
      .reduce((sum, [, n]) => sum + Number(n), 0);
  } catch {
    return 0;
  }
}

/** The memory of a process, in MB; what it shares with others is divided among them (Pss). */
export function megabytes(pid = 0): number {
  const [, kibibytes] = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
  return (Number(kibibytes) * 1024) / 1e6;
}
