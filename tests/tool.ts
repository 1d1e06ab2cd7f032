// Programs beside Node that tests and benches use where they are at hand.

import { execFileSync } from 'node:child_process';

/** Whether a program of that name can be started here. */
export function hasTool(name: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}
