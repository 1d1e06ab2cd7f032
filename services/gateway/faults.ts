// Faults that the control port can order, so that a learner sees what one does to a request. The worker that reads the
// request first goes wrong; one that gets it again does not. The fix of each: DELETE /settings.

/** `crash`: an exception that nobody catches; `kill`: as kill -9 does; `stuck`: a loop without an end. */
export const FAULTS = ['none', 'crash', 'kill', 'stuck'] as const;

export type Fault = (typeof FAULTS)[number];

export type FaultSettings = {
  fault: Fault;
  /** Which requests: every how many-th. */
  faultEvery: number;
};

/** Counts requests; returns a function that says for each what its first worker is told to do, if anything. */
export function countFaults(settings: FaultSettings): () => Fault | undefined {
  let requests = 0;
  return () => {
    if (settings.fault === 'none') return undefined;
    requests += 1;
    return requests % settings.faultEvery === 0 ? settings.fault : undefined;
  };
}
