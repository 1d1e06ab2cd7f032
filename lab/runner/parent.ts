// Is npm still running? If it is killed, what it started would run on without a terminal.
//
//   npm ── sh -c "node lab/guard.js up" ── this process

import { isRunning, shortStatus } from '../../runtime/platform/processes.ts';

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

/**
 * The process that started this one and, if that is npm's shell, npm. A process whose parent ends gets another; on Windows it keeps the
 * id of the one that has ended.
 */
function ancestors(): string {
  const parent = process.ppid;
  const { name = '', parent: grandparent } = shortStatus(parent) ?? {};
  if (/^(sh|dash|bash)$/.test(name)) return `${parent} ${grandparent}`;
  return isRunning(parent) ? `${parent}` : 'none';
}
