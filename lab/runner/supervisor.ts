// Starts processes in the order of what they need, keeps them up, and ends them from front to back. One that ends is
// started again (restarts.ts), as Compose does; meanwhile, and when it is given up, the others go on without it.

import { setTimeout as delay } from 'node:timers/promises';
import { type Child, NotReady, startChild } from './child.ts';
import type { Log } from './logs.ts';
import type { Process } from './processes.ts';
import { countEnds, type Next } from './restarts.ts';

/** For all of them to end, in ms: what takes longer than is left of it is killed. */
const STOP_MS = 2800;
/** For a process to be ready, in ms: on a busy machine with one core, half a minute was measured. */
const READY_MS = 180_000;
/** How often it is said which processes are waited for, in ms. */
const WAITING_MS = 15_000;

export type LabEvents = {
  ready: (name: string) => void;
  /** These have been started and are not ready yet. */
  waiting: (names: string[]) => void;
  /** It has ended, and is started again in `wait` ms. */
  ended: (name: string, how: number | string, wait: number) => void;
  /** It is up again. */
  back: (name: string) => void;
  /** It has ended too often and is not started again; `said` is what it said last. */
  gaveUp: (name: string, how: number | string, said: string) => void;
  /** What is wrong with one that works on. */
  trouble: (name: string, message: string) => void;
  /** It has read its files again; or not, and why. */
  reloaded: (name: string, failure: string | undefined) => void;
};

/** Supervises `listed` (from front to back), each printing to `logOf(name)`. */
export function supervise(
  listed: readonly Process[],
  logOf: (name: string) => Log,
  tell: LabEvents,
  countEndsOf: typeof countEnds = countEnds,
  readyMs = READY_MS,
) {
  const starting = new Set<string>();
  const children = new Map<string, Child>();
  const becoming = new Map<string, Promise<void>>();
  const stopped = new AbortController();
  let stopping: Promise<void> | undefined;

  function isReady(process: Process): Promise<void> {
    const known = becoming.get(process.name);
    if (known) return known;
    const needed = listed.filter(({ name }) => process.after.includes(name));
    const ready = Promise.all(needed.map(isReady)).then(() => launch(process));
    becoming.set(process.name, ready);
    return ready;
  }

  function start(process: Process): Child {
    const { name } = process;
    const child = startChild(
      process,
      logOf(name),
      {
        trouble: (message) => tell.trouble(name, message),
        reloaded: (failure) => tell.reloaded(name, failure),
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
    tell.ready(process.name);
    if (process.kind !== 'task') void keepUp(process, child, countEndsOf(process.kind));
  }

  async function keepUp(process: Process, child: Child, ended: (wasUp: boolean) => Next, wasUp = true): Promise<void> {
    const { name } = process;
    const how = await child.ended;
    if (stopping) return;
    const next = ended(wasUp);
    if (next === 'give up') return tell.gaveUp(name, how, child.said());
    tell.ended(name, how, next.wait);
    await delay(next.wait, undefined, { signal: stopped.signal }).catch(() => {});
    if (stopping) return;
    const another = start(process);
    const isUp = await another.ready.then(
      () => true,
      () => false,
    );
    if (isUp) tell.back(name);
    return keepUp(process, another, ended, isUp);
  }

  return {
    /** Resolves when all are ready; rejects with what the first that does not come up printed, or with what the others report. */
    async start(): Promise<void> {
      const waiting = setInterval(() => tell.waiting([...starting]), WAITING_MS);
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
    /** Has one of them read its files again. */
    reload: (name: string) => children.get(name)?.reload(),
    /** Ends all that run, within 3 s. */
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
