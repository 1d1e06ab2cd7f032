// The faults of the gateway: settings that can be changed for a lesson, and commands to workers to go wrong. To add one: an entry
// here and where it is read (dispatch.ts, queue.ts …); to add one of a worker: COMMANDS, and services/app/worker/faults.ts.
// The worker that has the request first goes wrong; one that gets it again does not.

import { MAX_TIMER_MS } from '../../runtime/bounds.ts';
import type { FaultDefinition } from '../../runtime/control/faults.ts';
import { MAX_REQUESTS, MAX_WORKERS, type Settings } from './config.ts';

/** `crash`: an exception that nothing catches; `kill`: as kill -9 does; `stuck`: a loop without an end. */
const COMMANDS = ['none', 'crash', 'kill', 'stuck'] as const;

type Described = Pick<FaultDefinition, 'title' | 'sentence' | 'look'>;
type Entry = Described & { range?: [min: number, max: number, unit: string]; choices?: readonly string[] };

const FAULTS: Record<keyof Settings, Entry> = {
  workers: {
    title: 'Fewer workers',
    sentence: 'Only this many workers are given requests; the others rest.',
    look: 'Send several slow requests at once: `queue` grows. With 0, every request waits until it is given up (503).',
    range: [0, MAX_WORKERS, 'workers'],
  },
  queueDepth: {
    title: 'A short queue',
    sentence: 'Only this many requests may wait for a worker; the next is refused at once.',
    look: '503, and `queue` with the error full: it took no time at all.',
    range: [0, MAX_REQUESTS, 'requests'],
  },
  queueWait: {
    title: 'A short wait in the queue',
    sentence: 'A request waits at most this long for a worker.',
    look: '503, and `queue` with the error timeout, as long as it was allowed to be.',
    range: [1, MAX_TIMER_MS, 'ms'],
  },
  timeout: {
    title: 'A short timeout for workers',
    sentence: 'A worker that shows no progress for this long is given up.',
    look: 'Ask for /slow/: 504, and the attempt ends with worker_timeout while the worker still works.',
    range: [1, MAX_TIMER_MS, 'ms'],
  },
  fault: {
    title: 'A worker goes wrong',
    sentence:
      'In the middle of a request the worker throws what nothing catches (crash), is gone at once (kill), or computes without end (stuck).',
    look: 'Two attempts under the gateway: worker_lost, then another worker. The spans of the lost one are there after a crash, not after kill.',
    choices: COMMANDS,
  },
  faultEvery: {
    title: 'How often it goes wrong',
    sentence: 'Only every Nth request meets the fault above (3: one in three).',
    look: 'With 3: two requests of three are answered by their first worker.',
    range: [1, 1_000_000, 'requests'],
  },
};

/** The gateway's faults, over `settings`, which are changed in place; `defaults`: as configured. */
export function gatewayFaults(settings: Settings, defaults: Settings): FaultDefinition[] {
  return Object.entries(FAULTS).map(([key, { range, choices, ...words }]) => {
    const name = key as keyof Settings;
    const get = () => settings[name];
    const set = (value: never) => {
      settings[name] = value;
    };
    if (choices) return { name, ...words, kind: 'choice', default: String(defaults[name]), choices, get, set };
    const [min, max, unit] = range ?? [0, 0, ''];
    return { name, ...words, kind: 'number', default: Number(defaults[name]), range: { min, max, unit }, get, set };
  });
}

/** Counts requests; returns a function that says for each what its first worker is commanded to do, if anything. */
export function countFaults(settings: Settings): () => string | undefined {
  let requests = 0;
  return () => {
    if (settings.fault === 'none') return undefined;
    requests += 1;
    return requests % settings.faultEvery === 0 ? settings.fault : undefined;
  };
}
