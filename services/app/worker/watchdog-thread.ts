// The watchdog's thread. It counts its checks, not the time: while a laptop sleeps neither thread runs.

import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const { counter, interval, ticks } = workerData as { counter: Int32Array; interval: number; ticks: number };
let last = -1;
let unchanged = 0;

setInterval(() => {
  const count = Atomics.load(counter, 0);
  unchanged = count === last ? unchanged + 1 : 0;
  last = count;
  if (unchanged < ticks) return;
  writeSync(2, `The event loop was blocked for ${interval * ticks} ms: the watchdog kills this worker.\n`);
  process.kill(process.pid, 'SIGKILL');
}, interval);
