// Starts processes in the order of what they need, keeps them up, and ends them from front to back.
// A worker that ends is started again, as gunicorn's arbiter does; any other process that ends takes all of them down.

import { type Child, startChild } from './child.ts';
import type { Process } from './processes.ts';

/** For all of them to end, in ms: what takes longer than is left of it is killed. */
const STOP_MS = 2800;

export type Told = {
  ready: (name: string) => void;
  restarted: (name: string, how: number | string) => void;
  /** A process that must not end has ended. */
  lost: (name: string, how: number | string) => void;
};

/** Supervises `listed` (from front to back), each printing to `logOf(name)`. */
export function supervise(listed: readonly Process[], logOf: (name: string) => string, tell: Told) {
  const children = new Map<string, Child>();
  const becoming = new Map<string, Promise<void>>();
  let stopping: Promise<void> | undefined;

  function isReady(process: Process): Promise<void> {
    const known = becoming.get(process.name);
    if (known) return known;
    const needed = listed.filter(({ name }) => process.after.includes(name));
    const ready = Promise.all(needed.map(isReady)).then(() => launch(process));
    becoming.set(process.name, ready);
    return ready;
  }

  async function launch(process: Process): Promise<void> {
    if (stopping) return;
    const child = startChild(process, logOf(process.name));
    children.set(process.name, child);
    await child.ready;
    tell.ready(process.name);
    if (process.kind !== 'task') void watch(process, child);
  }

  async function watch(process: Process, child: Child): Promise<void> {
    const how = await child.ended;
    if (stopping) return;
    if (process.kind !== 'worker') return tell.lost(process.name, how);
    tell.restarted(process.name, how);
    await launch(process).catch(() => tell.lost(process.name, 'did not start again'));
  }

  return {
    /** Resolves when all are ready; rejects with the words of the first that does not come up. */
    async start(): Promise<void> {
      await Promise.all(listed.map(isReady));
    },
    /** Ends all that run, within 3 s. */
    stop(): Promise<void> {
      stopping ??= (async () => {
        const deadline = performance.now() + STOP_MS;
        for (const { name } of listed) await children.get(name)?.stop(deadline - performance.now());
      })();
      return stopping;
    },
  };
}
