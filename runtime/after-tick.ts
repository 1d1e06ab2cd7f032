// Work after the current iteration of Node's event loop: everything that arrived has been handled, nothing new was read yet. What
// is sent then leaves together, so that a client with many requests, or a process with many clients, wakes once for all of them.

let waiting: (() => void)[] = [];

/** Calls `act` at the end of this iteration, in the order of the calls; outside of any span. */
export function afterTick(act: () => void): void {
  if (waiting.push(act) === 1) setImmediate(doAll);
}

function doAll(): void {
  const acts = waiting;
  waiting = [];
  for (const act of acts) act();
}
