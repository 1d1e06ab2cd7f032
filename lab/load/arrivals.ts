// An open loop: requests are due at fixed times, whether or not earlier ones have been answered, and each is timed from
// when it was due. A loop that waits for answers would send less just when the lab is slow, and would not count the
// waiting (coordinated omission).

import { setTimeout as delay } from 'node:timers/promises';

export type Plan = {
  /** Requests a second, and for how many seconds. */
  rate: number;
  duration: number;
  /** So many may be unanswered at once; what is due beyond that is counted as not sent. */
  maxInFlight: number;
  signal: AbortSignal;
};

/** How it stands: what was due, sent, not sent for want of room, and is unanswered now. */
export type Progress = { due: number; sent: number; notSent: number; inFlight: number };

/**
 * Calls `send(index, dueAt)` for each request when it is due (`dueAt`: ms, as performance.now() counts); resolves when all are
 * answered, or when `signal` is aborted and those under way are. `send` must not reject.
 */
export async function openLoop(
  { rate, duration, maxInFlight, signal }: Plan,
  send: (index: number, dueAt: number) => Promise<void>,
  onProgress: (progress: Progress) => void = () => {},
): Promise<Progress> {
  const progress: Progress = { due: 0, sent: 0, notSent: 0, inFlight: 0 };
  const total = Math.round(rate * duration);
  const began = performance.now();
  const under = new Set<Promise<void>>();

  while (progress.due < total && !signal.aborted) {
    const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * rate) + 1);
    for (; progress.due < due; progress.due++) {
      if (progress.inFlight >= maxInFlight) {
        progress.notSent++;
        continue;
      }
      progress.sent++;
      progress.inFlight++;
      const answered = send(progress.due, began + (progress.due / rate) * 1000).finally(() => {
        progress.inFlight--;
        under.delete(answered);
      });
      under.add(answered);
    }
    onProgress(progress);
    const untilNext = Math.max(0, began + (progress.due / rate) * 1000 - performance.now());
    await delay(untilNext, undefined, { signal }).catch(() => {}); // aborted
  }
  await Promise.all(under);
  onProgress(progress);
  return progress;
}
