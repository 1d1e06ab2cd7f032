// Is npm still running? If it is killed, what it started would run on without a terminal.
//
//   npm ── sh -c "node lab/guard.js up" ── this process

import { readFileSync } from 'node:fs';

const POLL_MS = 500;

/** Calls `ended` once when the npm that started this process has ended. */
export function whenNpmEnds(ended: () => void): void {
  const before = ancestors();
  const look = setInterval(() => {
    if (ancestors() === before) return;
    clearInterval(look);
    ended();
  }, POLL_MS);
}

/** The process that started this one and, if that is npm's shell, npm: a process whose parent ends gets another. */
function ancestors(): string {
  const parent = process.ppid;
  const { command, parent: grandparent } = statusOf(parent);
  return /^(sh|dash|bash)$/.test(command) ? `${parent} ${grandparent}` : `${parent}`;
}

/** The name and the parent of a process, on Linux; empty elsewhere. */
function statusOf(pid: number): { command: string; parent: string } {
  try {
    const [, command = '', parent = ''] = /\((.*)\) . (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return { command, parent };
  } catch {
    return { command: '', parent: '' };
  }
}
