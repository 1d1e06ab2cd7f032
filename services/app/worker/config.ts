// What the app server's side of a worker reads from the environment beside the site's own configuration; each setting
// stands beside gunicorn's in services/gateway/README.md.

import { count, milliseconds, readSettings, type SettingTable } from '../../../runtime/settings.ts';

export type WorkerConfig = {
  maxHeaders: number;
  /** Letters until it is replaced, 0: never; and up to how many more, so that not all are replaced at once. */
  maxRequests: number;
  maxRequestsJitter: number;
  /** How long its event loop may stand still, in ms. */
  watchdogTimeout: number;
};

/** Of a request; one with more is refused (431), as with gunicorn's limit_request_fields. */
const MAX_HEADERS = 100;

/** The table of this service's configuration. */
export const SETTINGS = {
  WAYBILL_MAX_REQUESTS: count({
    default: 0,
    description: 'letters until the worker is replaced, against leaks; 0: never',
    like: 'max_requests',
  }),
  WAYBILL_MAX_REQUESTS_JITTER: count({
    default: 0,
    description: 'up to so many more, so that not all are replaced at once',
    like: 'max_requests_jitter',
  }),
  WAYBILL_WATCHDOG_TIMEOUT: milliseconds({
    default: 6000,
    min: 100,
    description: 'ms that its event loop may stand still until the watchdog ends it; more than WAYBILL_WORKER_TIMEOUT',
    like: 'timeout',
  }),
} satisfies SettingTable;

/** Reads the worker's configuration; throws an Error that lists what is wrong. */
export function readWorkerConfig(environment: NodeJS.ProcessEnv): WorkerConfig {
  const read = readSettings(SETTINGS, environment);
  return {
    maxHeaders: MAX_HEADERS,
    maxRequests: read.WAYBILL_MAX_REQUESTS,
    maxRequestsJitter: read.WAYBILL_MAX_REQUESTS_JITTER,
    watchdogTimeout: read.WAYBILL_WATCHDOG_TIMEOUT,
  };
}
