// Processes that are measured: when they are ready, how they end, and what Linux reports of them.

import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { LabError } from '../../lab/cli/command.ts';

/** Throws a LabError unless these programs are here; `packages` are Debian's that have them. */
export function requirePrograms(programs: readonly string[], packages: string): void {
  const missing = programs.find((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0);
  if (missing) throw new LabError(`This bench needs ${missing}: apt-get install ${packages}`);
}

/** Resolves when a service of the lab sends that it is ready; throws when it ends before. */
export async function ready(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`${child.spawnargs.slice(1).join(' ')} ended (${code ?? signal})`);
  });
  await Promise.race([once(child, 'message'), ended]);
}

/** Ends it with SIGTERM; resolves when it has ended, also if it had before. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** User and system time that it has used, in seconds (Linux counts in ticks of 10 ms); 0 when it has ended. */
export function cpuSeconds(pid = 0): number {
  try {
    const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    const [utime = 0, stime = 0] = fields.split(' ').slice(11, 13).map(Number);
    return (utime + stime) / 100;
  } catch {
    return 0;
  }
}

/** Its memory, in MB; what it shares with others is divided among them (Pss). */
export function megabytes(pid = 0): number {
  const [, kibibytes] = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
  return (Number(kibibytes) * 1024) / 1e6;
}
