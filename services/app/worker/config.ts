// What the app server's side of a worker reads from the environment; each of its settings stands beside gunicorn's in
// services/gateway/README.md.

import { host, port, str } from 'envalid';
import { count, readEnvironment } from '../../../otel/environment.ts';
import type { Listening } from '../../../otel/listen.ts';

export type WorkerConfig = {
  listening: Listening;
  /** Its name, as service.instance.id says it too. */
  id: string;
  maxHeaders: number;
  maxBody: number;
  /** Letters until it is replaced, 0: never; and up to how many more, so that not all are replaced at once. */
  maxRequests: number;
  maxRequestsJitter: number;
  /** How long its event loop may stand still, in ms. */
  stuckAfter: number;
};

/** Reads the worker's configuration; throws an Error that lists what is wrong. */
export function readWorkerConfig(environment: NodeJS.ProcessEnv): WorkerConfig {
  const read = readEnvironment(environment, {
    WAYBILL_HOST: host({ default: '127.0.0.1', desc: 'where to listen; only the gateway should get here' }),
    WAYBILL_APP_PORT: port({ default: 8201, desc: 'letters from the gateway' }),
    WAYBILL_INSTANCE: str({ default: 'app-1', desc: 'the name of this worker' }),
    WAYBILL_MAX_HEADERS: count({ default: 100, desc: 'headers of a letter; one with more is refused (431)' }),
    WAYBILL_MAX_BODY: count({ default: 1024 * 1024, desc: 'bytes of a body; a longer one is refused (413)' }),
    WAYBILL_MAX_REQUESTS: count({ default: 0, desc: 'letters until the worker is replaced, against leaks; 0: never' }),
    WAYBILL_MAX_REQUESTS_JITTER: count({
      default: 0,
      desc: 'up to so many more, so that not all are replaced at once',
    }),
    WAYBILL_STUCK_AFTER: count({
      default: 6000,
      desc: 'ms that its event loop may stand still until the watchdog ends it; more than WAYBILL_WORKER_TIMEOUT',
    }),
  });
  return {
    listening: { host: read.WAYBILL_HOST, port: read.WAYBILL_APP_PORT, variable: 'WAYBILL_APP_PORT' },
    id: read.WAYBILL_INSTANCE,
    maxHeaders: read.WAYBILL_MAX_HEADERS,
    maxBody: read.WAYBILL_MAX_BODY,
    maxRequests: read.WAYBILL_MAX_REQUESTS,
    maxRequestsJitter: read.WAYBILL_MAX_REQUESTS_JITTER,
    stuckAfter: read.WAYBILL_STUCK_AFTER,
  };
}
