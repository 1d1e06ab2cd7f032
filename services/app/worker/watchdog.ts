// Kills this process when its event loop is blocked: a view that loops without end cannot exit by itself.
// A thread of its own watches a counter that the event loop increments; see watchdog-thread.ts.

import { Worker } from 'node:worker_threads';
import { programFile } from '../../../runtime/program.ts';

/** How often the counter is incremented during the timeout. */
const TICKS = 10;

/** Starts to watch; `watchdogTimeout` in ms. Returns how to stop. */
export function startWatchdog(watchdogTimeout: number): () => Promise<number> {
  const counter = new Int32Array(new SharedArrayBuffer(4));
  const interval = watchdogTimeout / TICKS;
  const timer = setInterval(() => Atomics.add(counter, 0, 1), interval).unref();
  const thread = new Worker(programFile('services/app/worker/watchdog-thread.ts'), {
    workerData: { counter, interval, ticks: TICKS },
    execArgv: [], // without the main thread's --import of OpenTelemetry
  });
  thread.unref();
  return () => {
    clearInterval(timer);
    return thread.terminate();
  };
}
