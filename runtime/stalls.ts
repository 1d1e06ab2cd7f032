// How long this process stood still though it had work: without a CPU (Linux: run-queue wait of the main thread), in garbage
// collection, or because its event loop ran other code. All stretch a span, and say nothing about the code that it stands for.

import { PerformanceObserver, performance } from 'node:perf_hooks';
import type { Attributes } from '@opentelemetry/api';
import { ATTR_CPU_WAIT, ATTR_EVENT_LOOP_ACTIVE, ATTR_GC_PAUSE } from '../otel/contract/names.ts';
import { cpuWait } from './platform/usage.ts';

/** Shorter ones are not worth an attribute, in ms. A request of its own keeps an event loop active for 1 to 4 ms. */
const MIN_MS = 0.5;
const MIN_ACTIVE_MS = 5;

let gcPause = 0;
const observer = new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) gcPause += duration;
});
observer.observe({ entryTypes: ['gc'] });

/** Measures from now on; the function returned gives the attributes of what was long enough, in ms. About 40 µs in all. */
export function measureStalls(): () => Attributes {
  const before = stalls();
  return () => {
    const after = stalls();
    const cpu = after.cpuWait - before.cpuWait;
    const gc = after.gcPause - before.gcPause;
    const active = after.active - before.active - cpu - gc;
    return {
      ...(cpu >= MIN_MS && { [ATTR_CPU_WAIT]: round(cpu) }),
      ...(gc >= MIN_MS && { [ATTR_GC_PAUSE]: round(gc) }),
      ...(active >= MIN_ACTIVE_MS && { [ATTR_EVENT_LOOP_ACTIVE]: round(active) }),
    };
  };
}

function stalls(): { cpuWait: number; gcPause: number; active: number } {
  for (const { duration } of observer.takeRecords()) gcPause += duration;
  const { active } = performance.eventLoopUtilization();
  return { cpuWait: cpuWait(), gcPause, active };
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
