// Which processes a process has started, and which has started it.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { SYSTEM, type System } from './system.ts';

export type ProcessEntry = { pid: number; parent: number; command: string };

/** The processes that `pid` has started, with their command lines. */
export function childrenOf(pid: number, system: System = SYSTEM): ProcessEntry[] {
  if (system !== 'linux') return listProcesses(system).filter(({ parent }) => parent === pid);
  return readProc(`/proc/${pid}/task/${pid}/children`)
    .split(' ')
    .filter((text) => text.trim() !== '')
    .map((text) => ({
      pid: Number(text),
      parent: pid,
      command: readProc(`/proc/${text}/cmdline`).replaceAll('\0', ' '),
    }));
}

/** `leader`, and what it has started, and what that has started. */
export function descendantsOf(leader: number, all: readonly ProcessEntry[]): number[] {
  const own = all.filter(({ parent, pid }) => parent === leader && pid !== leader);
  return [leader, ...own.flatMap(({ pid }) => descendantsOf(pid, all))];
}

/** Name and parent of a process, on Linux; undefined elsewhere, and when it has ended. */
export function shortStatus(pid: number): { name: string; parent: number } | undefined {
  const [, name, parent] = /\((.*)\) . (\d+)/s.exec(readProc(`/proc/${pid}/stat`)) ?? [];
  return name === undefined ? undefined : { name, parent: Number(parent) };
}

/** Whether a process is running (or is another user's). */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const LIST: Partial<Record<System, [program: string, ...args: string[]]>> = {
  win32: [
    'powershell',
    '-NoProfile',
    '-Command',
    'Get-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId) $($_.ParentProcessId) $($_.CommandLine)" }',
  ],
};

/** All processes, as ps or PowerShell lists them. */
export function listProcesses(system: System = SYSTEM, run = runProgram): ProcessEntry[] {
  const [program, ...args] = LIST[system] ?? ['ps', '-A', '-o', 'pid=,ppid=,command='];
  return [...run(program, args).matchAll(/^ *(\d+) +(\d+) ?(.*?)\r?$/gm)].map(([, pid, parent, command = '']) => ({
    pid: Number(pid),
    parent: Number(parent),
    command,
  }));
}

/** What a program prints; nothing when it fails. */
export function runProgram(program: string, args: string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true });
  } catch {
    return '';
  }
}

/** What a file of /proc contains; nothing when the process has ended. */
export function readProc(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
