// How processes are ended and reloaded. Windows has no signals: there `kill` always ends a process at once, so a service that
// handles messages (runtime/shutdown.ts) gets one instead.

import { type ChildProcess, spawn } from 'node:child_process';
import { isWindows, SYSTEM } from './system.ts';

/** What a service is sent over IPC where there are no signals. */
export type Command = { command: 'stop' | 'reload' };

type Connected = Pick<ChildProcess, 'connected' | 'kill' | 'send'>;

/** Asks a child to end: by SIGTERM. On Windows by a message if it `handlesMessages` by now, otherwise it is ended at once. */
export function stopChild(child: Connected, handlesMessages: boolean, system = SYSTEM): void {
  if (!isWindows(system)) child.kill('SIGTERM');
  else if (handlesMessages && child.connected) child.send({ command: 'stop' } satisfies Command);
  else child.kill();
}

/** Has a child reload its files: by SIGHUP, on Windows by a message. */
export function reloadChild(child: Connected, system = SYSTEM): void {
  if (!isWindows(system)) child.kill('SIGHUP');
  else if (child.connected) child.send({ command: 'reload' } satisfies Command);
}

/** Passes a signal of the terminal on to a child; on Windows the terminal itself has sent it to both. */
export function passSignal(child: Pick<ChildProcess, 'kill'>, signal: NodeJS.Signals, system = SYSTEM): void {
  if (!isWindows(system)) child.kill(signal);
}

/** Options of `spawn` by which a process can be ended with all that it starts; on Windows it would get a window of its own by them. */
export function groupOptions(system = SYSTEM): { detached: boolean; windowsHide: boolean } {
  return { detached: !isWindows(system), windowsHide: true };
}

/**
 * Sends `signal` to the process `leader`, started with `groupOptions`, and to all that it has started; on Windows they are ended at
 * once. Does nothing when they have ended.
 */
export function signalGroup(leader: number, signal: NodeJS.Signals, system = SYSTEM, run = runQuietly): void {
  if (isWindows(system)) run('taskkill', ['/pid', String(leader), '/t', '/f']);
  else {
    try {
      process.kill(-leader, signal);
    } catch {} // they have ended
  }
}

/** Ends this process in order, as SIGTERM would. */
export function stopThisProcess(): void {
  process.emit('SIGTERM');
}

function runQuietly(program: string, args: string[]): void {
  spawn(program, args, { stdio: 'ignore', windowsHide: true }).on('error', () => {});
}
