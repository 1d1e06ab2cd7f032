// The watchdog's own thread. It counts its looks, not the time: a laptop that slept stopped both, and nobody is stuck.

import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const { beat, every, beats } = workerData as { beat: Int32Array; every: number; beats: number };
let seen = -1;
let still = 0;

setInterval(() => {
  const now = Atomics.load(beat, 0);
  still = now === seen ? still + 1 : 0;
  seen = now;
  if (still < beats) return;
  writeSync(2, `The event loop has stood still for ${every * beats} ms: the watchdog ends this worker.\n`);
  process.kill(process.pid, 'SIGKILL');
}, every);
