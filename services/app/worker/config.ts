// What the app server's side of a worker reads from the environment beside the site's own configuration; each setting
// stands beside gunicorn's in services/gateway/README.md.

import { count, milliseconds, readEnvironment } from '../../../runtime/environment.ts';

export type WorkerConfig = {
  maxHeaders: number;
  /** Letters until it is replaced, 0: never; and up to how many more, so that not all are replaced at once. */
  maxRequests: number;
  maxRequestsJitter: number;
  /** How long its event loop may stand still, in ms. */
  stuckAfter: number;
};

/** Reads the worker's configuration; throws an Error that lists what is wrong. */
export function readWorkerConfig(environment: NodeJS.ProcessEnv): WorkerConfig {
  const read = readEnvironment(environment, {
    WAYBILL_MAX_HEADERS: count({
      default: 100,
      least: 1,
      most: 1000,
      desc: 'headers of a request; one with more is refused (431)',
    }),
    WAYBILL_MAX_REQUESTS: count({ default: 0, desc: 'letters until the worker is replaced, against leaks; 0: never' }),
    WAYBILL_MAX_REQUESTS_JITTER: count({
      default: 0,
      desc: 'up to so many more, so that not all are replaced at once',
    }),
    WAYBILL_STUCK_AFTER: milliseconds({
      default: 6000,
      least: 100,
      desc: 'ms that its event loop may stand still until the watchdog ends it; more than WAYBILL_WORKER_TIMEOUT',
    }),
  });
  return {
    maxHeaders: read.WAYBILL_MAX_HEADERS,
    maxRequests: read.WAYBILL_MAX_REQUESTS,
    maxRequestsJitter: read.WAYBILL_MAX_REQUESTS_JITTER,
    stuckAfter: read.WAYBILL_STUCK_AFTER,
  };
}
