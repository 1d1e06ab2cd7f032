// One process of the lab: started with its own environment, ready when it says so, ended with SIGTERM.
// What it prints goes to a file; what it says on stderr before it is ready is the reason when it does not come up.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import type { Process } from './processes.ts';

const ROOT = join(import.meta.dirname, '..');

export type Child = {
  /** Resolves when it is ready (a task: when it is done); rejects with what it said when it ended before. */
  ready: Promise<void>;
  /** Resolves with its exit code, or the signal that ended it. */
  ended: Promise<number | string>;
  /** Ends it in order (SIGTERM), and after `ms` at the latest (SIGKILL). */
  stop: (ms: number) => Promise<void>;
};

/** Starts one process; what it prints is appended to `log`. */
export function startChild({ service, entry, options, environment, kind, name }: Process, log: string): Child {
  const instrument = service === null ? [] : ['--import', './otel/instrument.ts'];
  const child = spawn(execPath, [...options, ...instrument, entry], {
    cwd: ROOT,
    env: { ...env, ...environment, ...(service !== null && { OTEL_SERVICE_NAME: service }) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const said = keepOutput(child, log);
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);

  const untilReady = async () => {
    const result = await (kind === 'task' ? ended : Promise.race([once(child, 'message'), ended]));
    const isUp = kind === 'task' ? result === 0 : Array.isArray(result);
    if (!isUp) throw new Error(said() || `${name} ended (${result}) without a word`);
  };

  return {
    ready: untilReady(),
    ended,
    async stop(ms) {
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), Math.max(ms, 0));
      await ended;
      clearTimeout(kill);
    },
  };
}

/** Appends what `child` prints to the file `log`; returns a function that tells its last words on stderr. */
function keepOutput(child: ChildProcess, log: string): () => string {
  const file = createWriteStream(log, { flags: 'a' });
  let said = '';
  child.stdout?.pipe(file, { end: false });
  child.stderr?.pipe(file, { end: false });
  child.stderr?.on('data', (chunk) => {
    said = `${said}${chunk}`.slice(-4000);
  });
  child.once('close', () => file.end());
  return () => said.trim();
}
