// One process of the lab: started with its own environment, ready when it says so, ended with SIGTERM.
// What it prints goes to a file; what it says on stderr before it ends is the reason when it does not come up.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { LabError } from './command.ts';
import type { Log } from './logs.ts';
import type { Process } from './processes.ts';

const ROOT = join(import.meta.dirname, '..');
/** For a process to be ready, in ms: far more than the slowest machine needs. */
const READY_MS = 60_000;
const LAST_WORDS = 4000;

export type Child = {
  /** Resolves when it is ready (a task: when it is done); rejects with what it said when it ended before. */
  ready: Promise<void>;
  /** Resolves with its exit code, or the signal that ended it, or why it could not be started. */
  ended: Promise<number | string>;
  /** Its last words on stderr. */
  said: () => string;
  /** Has it read its files again (SIGHUP). */
  reload: () => void;
  /** Ends it in order (SIGTERM), and after `ms` at the latest (SIGKILL). */
  stop: (ms: number) => Promise<void>;
};

/** What a process may tell the runner: that it is ready, what is wrong with it while it works on, that it has read its files again. */
type Message = { ready?: true; trouble?: string; reloaded?: { failure?: string } };

/** Who is told what a process says of itself. */
export type Listener = {
  /** What is wrong with it while it works on. */
  trouble: (message: string) => void;
  /** It has read its files again; or not, and why. */
  reloaded: (failure: string | undefined) => void;
};

/** Starts one process; what it prints is appended to `log`, what it says of itself is told to `tell`. */
export function startChild(
  { service, entry, options, environment, kind, name }: Process,
  log: Log,
  tell: Listener,
): Child {
  const instrument = service === null ? [] : ['--import', './otel/instrument.ts'];
  const child = spawn(execPath, [...options, ...instrument, entry], {
    cwd: ROOT,
    env: { ...env, ...environment, ...(service !== null && { OTEL_SERVICE_NAME: service }) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let said = '';
  child.stdout?.on('data', log.output());
  child.stderr?.on('data', log.output()).on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-LAST_WORDS);
  });

  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
    child.once('error', ({ message }) => resolve(message));
  });
  const isUp = new Promise<true>((resolve) => {
    child.on('message', (message: Message) => {
      if (message.ready) resolve(true);
      if (message.trouble !== undefined) tell.trouble(message.trouble);
      if (message.reloaded) tell.reloaded(message.reloaded.failure);
    });
  });
  const untilReady = async () => {
    const late = setTimeout(() => child.kill('SIGKILL'), READY_MS);
    const result = await (kind === 'task' ? ended : Promise.race([isUp, ended]));
    clearTimeout(late);
    if (result !== (kind === 'task' ? 0 : true)) {
      throw new LabError(said.trim() || `${name} ended (${result}) without a word`);
    }
  };
  void ended.then(log.close);

  return {
    ready: untilReady(),
    ended,
    said: () => said.trim(),
    reload: () => void child.kill('SIGHUP'),
    async stop(ms) {
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), Math.max(ms, 0));
      await ended;
      clearTimeout(kill);
    },
  };
}
