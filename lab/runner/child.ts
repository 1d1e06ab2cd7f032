// One process of the lab: started with its own environment, ready when it sends that, asked to end (runtime/platform). Its output is written to
// a file; its last output on stderr is the reason when it does not become ready.

import { spawn } from 'node:child_process';
import { execPath } from 'node:process';
import { environment as processEnvironment } from '../../runtime/config.ts';
import { reloadChild, stopChild } from '../../runtime/platform/end-process.ts';
import { programArguments } from '../../runtime/program.ts';
import { LabError } from '../cli/command.ts';
import type { Log } from './logs.ts';
import type { Process } from './processes.ts';

const MAX_ERROR_LENGTH = 4000;
/** A line of the log (pino) that reports a warning or an error. */
const LOGGED_PROBLEM = /"level":[456]0,.*"msg":("(?:[^"\\]|\\.)*")/g;

/** A process that did not become ready and printed no reason. */
export class NotReady extends LabError {}

export type Child = {
  /** Resolves when it is ready (a task: when it is done); rejects with what it printed on stderr when it ended before, or a NotReady. */
  ready: Promise<void>;
  /** Resolves with its exit code, or the signal that ended it, or why it could not be started. */
  ended: Promise<number | string>;
  /** The end of its output on stderr. */
  stderrTail: () => string;
  /** What it reported last: on stderr, or as a warning or an error in its log; empty when nothing. */
  lastProblem: () => string;
  /** Has it reload its files. */
  reload: () => void;
  /** Asks it to end, and ends it after `ms`. */
  stop: (ms: number) => Promise<void>;
};

/** What a process sends to the runner: that it is ready, a problem, that it has reloaded its files. */
type Message = { ready?: true; trouble?: string; reloaded?: { failure?: string } };

/** Gets what a running process reports. */
export type ChildEvents = {
  /** A problem of a running process. */
  trouble: (message: string) => void;
  /** It has reloaded its files; or not, and why. */
  reloaded: (failure: string | undefined) => void;
};

/** Starts one process, which has `readyMs` to become ready; its output is appended to `log`, what it sends is passed to `report`. */
export function startChild(
  { service, entry, folder, options, environment, kind, name }: Process,
  log: Log,
  report: ChildEvents,
  readyMs: number,
): Child {
  const child = spawn(execPath, [...options, ...programArguments(entry, service !== null)], {
    cwd: folder,
    env: { ...processEnvironment, ...environment, ...(service !== null && { OTEL_SERVICE_NAME: service }) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    windowsHide: true,
  });
  let printed = '';
  let logged = '';
  let isReady = false;
  child.stdout?.on('data', log.output()).on('data', (chunk) => {
    const last = [...String(chunk).matchAll(LOGGED_PROBLEM)].at(-1)?.[1];
    if (last !== undefined) logged = JSON.parse(last);
  });
  child.stderr?.on('data', log.output()).on('data', (chunk) => {
    printed = `${printed}${chunk}`.slice(-MAX_ERROR_LENGTH);
  });

  const ended = new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
    child.once('error', ({ message }) => resolve(message));
  });
  const isUp = new Promise<true>((resolve) => {
    child.on('message', (message: Message) => {
      isReady ||= message.ready === true;
      if (message.ready) resolve(true);
      if (message.trouble !== undefined) report.trouble(message.trouble);
      if (message.reloaded) report.reloaded(message.reloaded.failure);
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
    if (isLate) throw new NotReady(`${name} was not ready within ${readyMs / 1000} s and was ended.`);
    throw printed.trim()
      ? new LabError(printed.trim())
      : new NotReady(`${name} ended (${result}) before it was ready.`);
  };
  void ended.then(log.close);

  return {
    ready: untilReady(),
    ended,
    stderrTail: () => printed.trim(),
    lastProblem: () => printed.trim().split('\n').at(-1) || logged,
    reload: () => reloadChild(child),
    async stop(ms) {
      stopChild(child, isReady);
      const kill = setTimeout(() => child.kill('SIGKILL'), Math.max(ms, 0));
      await ended;
      clearTimeout(kill);
    },
  };
}
