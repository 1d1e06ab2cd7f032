// One process of the lab: started with its own environment, ready when it says so, ended with SIGTERM.
// What it prints goes to a file; what it prints on stderr before it ends is the reason when it does not come up.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { environment as processEnvironment } from '../../runtime/config.ts';
import { LabError } from '../cli/command.ts';
import type { Log } from './logs.ts';
import type { Process } from './processes.ts';

const ROOT = join(import.meta.dirname, '../..');
const MAX_ERROR_LENGTH = 4000;
/** A line of the log (pino) that reports a warning or an error. */
const LOGGED_PROBLEM = /"level":[456]0,.*"msg":("(?:[^"\\]|\\.)*")/g;

/** A process that did not come up, and does not say why. */
export class NotReady extends LabError {}

export type Child = {
  /** Resolves when it is ready (a task: when it is done); rejects with what it printed on stderr when it ended before, or a NotReady. */
  ready: Promise<void>;
  /** Resolves with its exit code, or the signal that ended it, or why it could not be started. */
  ended: Promise<number | string>;
  /** The end of what it printed on stderr. */
  said: () => string;
  /** What it reported last: on stderr, or as a warning or an error in its log; empty when nothing. */
  lastProblem: () => string;
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

/** Starts one process, which has `readyMs` to be ready; what it prints is appended to `log`, what it reports is passed to `tell`. */
export function startChild(
  { service, entry, options, environment, kind, name }: Process,
  log: Log,
  tell: Listener,
  readyMs: number,
): Child {
  const instrument = service === null ? [] : ['--import', './otel/instrument.ts'];
  const child = spawn(execPath, [...options, ...instrument, entry], {
    cwd: ROOT,
    env: { ...processEnvironment, ...environment, ...(service !== null && { OTEL_SERVICE_NAME: service }) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let said = '';
  let logged = '';
  child.stdout?.on('data', log.output()).on('data', (chunk) => {
    const last = [...String(chunk).matchAll(LOGGED_PROBLEM)].at(-1)?.[1];
    if (last !== undefined) logged = JSON.parse(last);
  });
  child.stderr?.on('data', log.output()).on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-MAX_ERROR_LENGTH);
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
    let isLate = false;
    const late = setTimeout(() => {
      isLate = child.kill('SIGKILL');
    }, readyMs);
    const result = await (kind === 'task' ? ended : Promise.race([isUp, ended]));
    clearTimeout(late);
    if (result === (kind === 'task' ? 0 : true)) return;
    if (isLate) throw new NotReady(`${name} was not ready within ${readyMs / 1000} s, and was ended.`);
    throw said.trim() ? new LabError(said.trim()) : new NotReady(`${name} ended (${result}) before it was ready.`);
  };
  void ended.then(log.close);

  return {
    ready: untilReady(),
    ended,
    said: () => said.trim(),
    lastProblem: () => said.trim().split('\n').at(-1) || logged,
    reload: () => void child.kill('SIGHUP'),
    async stop(ms) {
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), Math.max(ms, 0));
      await ended;
      clearTimeout(kill);
    },
  };
}
