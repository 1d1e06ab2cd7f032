// Is npm still there? It may be killed so that it can tell nobody, and what it started would run on without a terminal.
//
//   npm ── sh -c "node lab/guard.js up" ── this process

import { readFileSync } from 'node:fs';

const EVERY_MS = 500;

/** Calls `ended` once when the npm that started this process is gone. */
export function whenNpmEnds(ended: () => void): void {
  const before = line();
  const look = setInterval(() => {
    if (line() === before) return;
    clearInterval(look);
    ended();
  }, EVERY_MS);
}

/** The process that started this one and, if that is npm's shell, npm: a process whose parent ends gets another. */
function line(): string {
  const parent = process.ppid;
  const { command, parent: grandparent } = statusOf(parent);
  return /^(sh|dash|bash)$/.test(command) ? `${parent} ${grandparent}` : `${parent}`;
}

/** Of a process: its name and its parent, as Linux tells them; empty elsewhere. */
function statusOf(pid: number): { command: string; parent: string } {
  try {
    const [, command = '', parent = ''] = /\((.*)\) . (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return { command, parent };
  } catch {
    return { command: '', parent: '' };
  }
}
