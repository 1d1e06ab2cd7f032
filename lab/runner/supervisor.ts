// Starts processes in the order of their needs, and ends them from front to back. One that ends is restarted (restarts.ts), as Compose
// does; meanwhile, and when it is given up, the others run on.

import { setTimeout as delay } from 'node:timers/promises';
import { type Child, NotReady, startChild } from './child.ts';
import type { Log } from './logs.ts';
import type { Process } from './processes.ts';
import { countEnds, type Next } from './restarts.ts';

/** For all of them to end, in ms; then the rest is killed. */
const STOP_MS = 2800;
/** For a process to be ready, in ms: on a busy machine with one core, half a minute was measured. */
const READY_MS = 180_000;
/** How often the processes that are waited for are reported, in ms. */
const WAITING_MS = 15_000;

export type LabEvents = {
  ready: (name: string) => void;
  /** These have been started and are not ready yet. */
  waiting: (names: string[]) => void;
  /** It has ended, and is restarted in `wait` ms. */
  ended: (name: string, how: number | string, wait: number) => void;
  /** It is running again. */
  back: (name: string) => void;
  /** It has ended too often and is not restarted; `printed` is the end of its output on stderr. */
  gaveUp: (name: string, how: number | string, printed: string) => void;
  /** A problem of a running process. */
  trouble: (name: string, message: string) => void;
  /** It has reloaded its files; or not, and why. */
  reloaded: (name: string, failure: string | undefined) => void;
};

/** Supervises `listed` (from front to back), each printing to `logOf(name)`. */
export function supervise(
  listed: readonly Process[],
  logOf: (name: string) => Log,
  report: LabEvents,
  countEndsOf: typeof countEnds = countEnds,
  readyMs = READY_MS,
) {
  const starting = new Set<string>();
  const children = new Map<string, Child>();
  const pending = new Map<string, Promise<void>>();
  const stopped = new AbortController();
  let stopping: Promise<void> | undefined;

  function isReady(process: Process): Promise<void> {
    const known = pending.get(process.name);
    if (known) return known;
    const needed = listed.filter(({ name }) => process.after.includes(name));
    const ready = Promise.all(needed.map(isReady)).then(() => launch(process));
    pending.set(process.name, ready);
    return ready;
  }

  function start(process: Process): Child {
    const { name } = process;
    const child = startChild(
      process,
      logOf(name),
      {
        trouble: (message) => report.trouble(name, message),
        reloaded: (failure) => report.reloaded(name, failure),
      },
      readyMs,
    );
    children.set(name, child);
    return child;
  }

  async function launch(process: Process): Promise<void> {
    if (stopping) return;
    starting.add(process.name);
    const child = start(process);
    await child.ready;
    starting.delete(process.name);
    report.ready(process.name);
    if (process.kind !== 'task') void keepUp(process, child, countEndsOf(process.kind));
  }

  async function keepUp(process: Process, child: Child, ended: (wasUp: boolean) => Next, wasUp = true): Promise<void> {
    const { name } = process;
    const how = await child.ended;
    if (stopping) return;
    const next = ended(wasUp);
    if (next === 'give up') return report.gaveUp(name, how, child.stderrTail());
    report.ended(name, how, next.wait);
    await delay(next.wait, undefined, { signal: stopped.signal }).catch(() => {});
    if (stopping) return;
    const another = start(process);
    const isUp = await another.ready.then(
      () => true,
      () => false,
    );
    if (isUp) report.back(name);
    return keepUp(process, another, ended, isUp);
  }

  return {
    /** Resolves when all are ready; rejects with the output of the first that is not, or with the last problems of the others. */
    async start(): Promise<void> {
      const waiting = setInterval(() => report.waiting([...starting]), WAITING_MS);
      try {
        await Promise.all(listed.map(isReady));
      } catch (error) {
        if (!(error instanceof NotReady)) throw error;
        const reports = [...children].flatMap(([name, child]) => {
          const problem = child.lastProblem();
          return problem ? [`${name} reports: ${problem}`] : [];
        });
        throw new NotReady([error.message, ...reports].join('\n'));
      } finally {
        clearInterval(waiting);
      }
    },
    /** Has one of them reload its files. */
    reload: (name: string) => children.get(name)?.reload(),
    /** Ends all, within 3 s. */
    stop(): Promise<void> {
      stopped.abort();
      stopping ??= (async () => {
        const deadline = performance.now() + STOP_MS;
        for (const { name } of listed) await children.get(name)?.stop(deadline - performance.now());
      })();
      return stopping;
    },
  };
}
