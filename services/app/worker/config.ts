// What the app server's side of a worker reads from the environment, each with gunicorn's own setting.

import { count, milliseconds, readSettings, type SettingTable } from '../../../runtime/settings.ts';

export type WorkerConfig = ReturnType<typeof readWorkerConfig>;

/** Of a request; one with more is refused (431), as with gunicorn's limit_request_fields. */
const MAX_HEADERS = 100;

/** The table of this service's configuration. */
export const SETTINGS = {
  WAYBILL_MAX_REQUESTS: count({
    default: 0,
    description: 'requests until the worker exits and is restarted, against memory leaks; 0: never',
    like: 'max_requests',
  }),
  WAYBILL_MAX_REQUESTS_JITTER: count({
    default: 0,
    description: 'a random number up to this is added to it, so that workers do not exit at once',
    like: 'max_requests_jitter',
  }),
  WAYBILL_WATCHDOG_TIMEOUT: milliseconds({
    default: 6000,
    min: 100,
    description: 'ms that its event loop may be blocked until the watchdog kills it; more than WAYBILL_WORKER_TIMEOUT',
    like: 'timeout',
  }),
} satisfies SettingTable;

/** Reads the worker's configuration; throws an Error that lists what is wrong. */
export function readWorkerConfig(environment: NodeJS.ProcessEnv) {
  const read = readSettings(SETTINGS, environment);
  return {
    maxHeaders: MAX_HEADERS,
    maxRequests: read.WAYBILL_MAX_REQUESTS,
    maxRequestsJitter: read.WAYBILL_MAX_REQUESTS_JITTER,
    watchdogTimeout: read.WAYBILL_WATCHDOG_TIMEOUT,
  };
}
