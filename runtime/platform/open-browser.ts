// npm start -- --open: the system's own program opens an address in the browser.

import { spawn } from 'node:child_process';
import { SYSTEM, type System } from './system.ts';

const OPENERS: Partial<Record<System, string[]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Opens `url`; calls `failed` with a sentence when there is no such program. */
export function openBrowser(url: string, failed: (reason: string) => void, system = SYSTEM): void {
  const [program = '', ...args] = OPENERS[system] ?? ['xdg-open'];
  const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', () => failed(`${program} is not installed, which would open a browser: open ${url} yourself.`));
  child.unref();
}
