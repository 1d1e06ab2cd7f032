// The faults of the gateway: settings that a lesson changes, and the fault that a worker injects (services/app/worker/faults.ts).
// To add one: an entry here and where it is read (dispatch.ts, queue.ts …). A worker that gets a request again injects none.

import { MAX_TIMER_MS } from '../../runtime/bounds.ts';
import type { FaultDefinition } from '../../runtime/control/faults.ts';
import { MAX_REQUESTS, MAX_WORKERS, type Settings } from './config.ts';

/** `crash`: an uncaught exception; `kill`: as kill -9; `stuck`: an endless loop. */
const COMMANDS = ['none', 'crash', 'kill', 'stuck'] as const;

type Described = Pick<FaultDefinition, 'title' | 'sentence' | 'look'>;
type Entry = Described & { range?: [min: number, max: number, unit: string]; choices?: readonly string[] };

const FAULTS: Record<keyof Settings, Entry> = {
  workers: {
    title: 'Fewer workers',
    sentence: 'Only this many workers are given requests; the others stay idle.',
    look: 'Send several slow requests at once: `queue` grows. With 0, every request waits until it times out (503).',
    range: [0, MAX_WORKERS, 'workers'],
  },
  queueDepth: {
    title: 'A short queue',
    sentence: 'Only this many requests may wait for a worker; the next is refused at once.',
    look: '503, and `queue` has the error `full`: it took no time.',
    range: [0, MAX_REQUESTS, 'requests'],
  },
  queueWait: {
    title: 'A short wait in the queue',
    sentence: 'A request waits at most this long for a worker.',
    look: '503, and `queue` has the error `timeout`; it is as long as this limit.',
    range: [1, MAX_TIMER_MS, 'ms'],
  },
  timeout: {
    title: 'A short timeout for workers',
    sentence: 'The gateway gives up on a worker that makes no progress for this long.',
    look: 'Send a request to /slow/: 504, and the `GET` that is drawn as `→ app-…` ends with worker_timeout while the worker still works.',
    range: [1, MAX_TIMER_MS, 'ms'],
  },
  fault: {
    title: 'A worker fails',
    sentence:
      'In the middle of a request the worker throws an error that nothing catches (crash), is killed at once (kill), or loops without end (stuck).',
    look: 'The gateway has two `GET` drawn as `→ app-…`: worker_lost, then another worker. After a crash the spans of the first worker are in the trace, after a kill they are not. A worker that loops: one `GET`, worker_timeout.',
    choices: COMMANDS,
  },
  faultEvery: {
    title: 'How often it fails',
    sentence: 'Only every Nth request meets the fault above (3: one in three).',
    look: 'With 3: two requests of three are answered by their first worker.',
    range: [1, 1_000_000, 'requests'],
  },
};

/** The gateway's faults, over `settings`, which are changed in place; `defaults`: as configured. */
export function gatewayFaults(settings: Settings, defaults: Settings): FaultDefinition[] {
  return Object.entries(FAULTS).map(([key, { range, choices, ...texts }]) => {
    const name = key as keyof Settings;
    const get = () => settings[name];
    const set = (value: never) => {
      settings[name] = value;
    };
    if (choices) return { name, ...texts, kind: 'choice', default: String(defaults[name]), choices, get, set };
    const [min, max, unit] = range ?? [0, 0, ''];
    return { name, ...texts, kind: 'number', default: Number(defaults[name]), range: { min, max, unit }, get, set };
  });
}

/** Returns a function that counts requests and gives for each the fault that its first worker injects, if any. */
export function createFaultCounter(settings: Settings): () => string | undefined {
  let requests = 0;
  return () => {
    if (settings.fault === 'none') return undefined;
    requests += 1;
    return requests % settings.faultEvery === 0 ? settings.fault : undefined;
  };
}
