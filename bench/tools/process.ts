// Processes that are measured: when they are ready, and how they end.

import { type ChildProcess, execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
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

/** The system calls of `pids` in the next `seconds`, counted by perf; undefined where there is no perf, or it may not count. */
export async function countSystemCalls(pids: readonly number[], seconds: number): Promise<number | undefined> {
  const args = ['stat', '-x,', '-e', 'raw_syscalls:sys_enter', '-p', pids.join(','), '--', 'sleep', String(seconds)];
  const { stderr } = await promisify(execFile)('perf', args).catch(() => ({ stderr: '' }));
  const counted = Number.parseInt(stderr.trim().split('\n').at(-1) ?? '', 10);
  return Number.isNaN(counted) ? undefined : counted;
}
