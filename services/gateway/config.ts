// Every variable that the gateway reads, each with gunicorn's own setting where there is one.

import type { BlockList } from 'node:net';
import {
  allowedHosts,
  count,
  endpoints,
  flag,
  host,
  milliseconds,
  port,
  readSettings,
  type Setting,
  type SettingTable,
  sockets,
  text,
} from '../../runtime/settings.ts';
import { networks } from './forwarded.ts';
import { ownPorts } from './own-app/address.ts';

/** Upper bounds of settings: more than one machine can run. */
export const MAX_WORKERS = 1000;
export const MAX_REQUESTS = 100_000;

/** Read by `readConfig`; `settings` can be changed while the gateway runs (faults.ts). */
export type GatewayConfig = ReturnType<typeof readConfig>;
export type Settings = GatewayConfig['settings'];

const PROXIES = '127.0.0.1,::1';

const proxies: Setting<BlockList> = {
  default: networks(PROXIES),
  shown: `\`${PROXIES}\``,
  takes: 'addresses and networks, with commas; *',
  description: 'proxies whose X-Forwarded headers are passed on; * for any',
  like: 'forwarded_allow_ips',
  parse: networks,
};

/** The table of this service's configuration. */
export const SETTINGS = {
  WAYBILL_HOST: host({
    default: '127.0.0.1',
    description: 'where to listen; loopback by default',
    like: 'bind',
  }),
  WAYBILL_GATEWAY_PORT: port({ default: 8182, description: 'requests from the proxy', like: 'bind' }),
  WAYBILL_SOCKETS: sockets({
    default: '',
    description: 'the folder of Unix sockets: it listens at `8182.sock` too, and connects to a worker at `8201.sock`',
    like: 'bind = unix:',
  }),
  WAYBILL_GATEWAY_CONTROL_PORT: port({ default: 8183, description: 'private: the table of workers, and faults' }),
  WAYBILL_ALLOWED_HOSTS: allowedHosts('that the control port accepts'),
  WAYBILL_WORKER_ADDRESSES: endpoints({
    default: [
      { host: '127.0.0.1', port: 8201 },
      { host: '127.0.0.1', port: 8202 },
    ],
    description: 'addresses of the workers; a name with several addresses is several workers',
    like: 'workers',
  }),
  WAYBILL_QUEUE_DEPTH: count({
    default: 64,
    max: MAX_REQUESTS,
    description: 'requests that may wait; the next gets 503 and `Retry-After` at once; 0: none waits',
    like: 'backlog',
  }),
  WAYBILL_QUEUE_WAIT: milliseconds({
    default: 10_000,
    description: 'ms that a request may wait: long enough to restart a worker',
  }),
  WAYBILL_WORKER_TIMEOUT: milliseconds({
    default: 5000,
    description:
      'ms that a worker may make no progress; then 504. Keep it below WAYBILL_WATCHDOG_TIMEOUT, after which a worker ends itself',
    like: 'timeout',
  }),
  WAYBILL_WORKER_CONCURRENCY: count({
    default: 1,
    min: 1,
    max: 1000,
    description: 'requests that a worker gets at once; 1 shows the queue best',
    like: 'threads',
  }),
  WAYBILL_MAX_BODY: count({
    default: 64 * 1024,
    max: 100_000_000,
    description: "bytes of a request's body, which is buffered here; the workers' bound too",
  }),
  WAYBILL_BODY_TIMEOUT: milliseconds({
    default: 10_000,
    description:
      "ms for a body to arrive; then 408. Until then it occupies no worker: gunicorn's sync workers would wait for it",
  }),
  WAYBILL_FORWARDED_ALLOW_IPS: proxies,
  WAYBILL_APP: text({
    default: '',
    description: "the learner's own app, on this machine: `http://127.0.0.1:8000`; its site is my.test",
    like: 'nginx: proxy_pass',
  }),
  WAYBILL_APP_WORKERS: count({
    default: 1,
    min: 1,
    max: MAX_WORKERS,
    description: 'requests that your app takes at once: its workers × threads',
    like: 'workers × threads',
  }),
  WAYBILL_APP_HEALTH: text({
    default: '',
    description:
      'a path of your app that answers with a status below 400 while the app is up; unset: a connection is enough',
  }),
  WAYBILL_APP_ALLOW_REMOTE: flag({ default: false, description: 'whether your app may be on another machine' }),
  WAYBILL_APP_FILE: text({
    default: '',
    description: 'where the app that was set last is kept for a restarted gateway; then it counts, not WAYBILL_APP',
  }),
} satisfies SettingTable;

/** Reads the gateway's configuration; throws an Error that lists what is wrong. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env) {
  const read = readSettings(SETTINGS, environment);
  return {
    sockets: read.WAYBILL_SOCKETS,
    listening: { host: read.WAYBILL_HOST, port: read.WAYBILL_GATEWAY_PORT, variable: 'WAYBILL_GATEWAY_PORT' },
    control: {
      host: read.WAYBILL_HOST,
      port: read.WAYBILL_GATEWAY_CONTROL_PORT,
      variable: 'WAYBILL_GATEWAY_CONTROL_PORT',
    },
    allowedHosts: read.WAYBILL_ALLOWED_HOSTS,
    workerAddresses: read.WAYBILL_WORKER_ADDRESSES,
    workerConcurrency: read.WAYBILL_WORKER_CONCURRENCY,
    maxBody: read.WAYBILL_MAX_BODY,
    bodyTimeout: read.WAYBILL_BODY_TIMEOUT,
    proxies: read.WAYBILL_FORWARDED_ALLOW_IPS,
    ownApp: read.WAYBILL_APP
      ? {
          url: read.WAYBILL_APP,
          workers: read.WAYBILL_APP_WORKERS,
          health: read.WAYBILL_APP_HEALTH || undefined,
          allowRemote: read.WAYBILL_APP_ALLOW_REMOTE,
        }
      : undefined,
    ownAppFile: read.WAYBILL_APP_FILE,
    ownPorts: ownPorts(environment),
    settings: {
      workers: MAX_WORKERS,
      queueDepth: read.WAYBILL_QUEUE_DEPTH,
      queueWait: read.WAYBILL_QUEUE_WAIT,
      timeout: read.WAYBILL_WORKER_TIMEOUT,
      fault: 'none',
      faultEvery: 1,
    },
  };
}
