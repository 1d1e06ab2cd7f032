// Ends this process when its event loop stands still: a view that computes for ever cannot end itself.
// A thread of its own watches a counter that the event loop moves on; see watchdog-thread.ts.

import { Worker } from 'node:worker_threads';

/** How often the event loop shows that it runs, as a share of the time that it may stand still. */
const BEATS = 10;

/** Watches from now on; `watchdogTimeout` in ms. Returns how to end the watch. */
export function startWatchdog(watchdogTimeout: number): () => Promise<number> {
  const beat = new Int32Array(new SharedArrayBuffer(4));
  const every = watchdogTimeout / BEATS;
  const heart = setInterval(() => Atomics.add(beat, 0, 1), every).unref();
  const thread = new Worker(new URL('./watchdog-thread.ts', import.meta.url), {
    workerData: { beat, every, beats: BEATS },
    execArgv: [], // not the --import of OpenTelemetry, which is the main thread's
  });
  thread.unref();
  return () => {
    clearInterval(heart);
    return thread.terminate();
  };
}
