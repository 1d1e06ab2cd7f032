// How the process sends the spans that are still queued: set by instrument.ts, called by shutdown.ts.
// A module of its own, so that instrument.ts loads nothing that an instrumentation must see first (pino).

let send: () => Promise<void> = async () => {};

/** Sets what `flush` does. */
export function flushWith(flushSpans: () => Promise<void>): void {
  send = flushSpans;
}

/** Sends what is queued; nothing in a process without instrumentation. Rejects when the receiver is unreachable. */
export function flush(): Promise<void> {
  return send();
}
