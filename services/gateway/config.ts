// Every variable that the gateway reads. Knobs that gunicorn has too are named beside its own in README.md.

import type { BlockList } from 'node:net';
import type { Endpoint } from '../../runtime/net/endpoint.ts';
import type { Listening } from '../../runtime/net/listen.ts';
import {
  count,
  endpoints,
  host,
  hostNames,
  milliseconds,
  port,
  readSettings,
  type Setting,
  type SettingTable,
} from '../../runtime/settings.ts';
import { networks } from './forwarded.ts';

/** More workers and requests than one machine can bear. */
export const MAX_WORKERS = 1000;
export const MAX_REQUESTS = 100_000;

/** What may be changed while the gateway runs, through its control port. */
export type Settings = {
  /** How many workers are given requests; the others rest. */
  workers: number;
  /** How many requests may wait. */
  queueDepth: number;
  /** How long one may wait, in ms. */
  queueWait: number;
  /** How long a worker may go without a sign of progress on the request in its hands, in ms. */
  timeout: number;
  /** What the first worker of a request is commanded to do (faults.ts), `none` for nothing; and of every how many-th request. */
  fault: string;
  faultEvery: number;
};

export type GatewayConfig = {
  listening: Listening;
  control: Listening;
  /** Names by which the control port may be asked. */
  allowedHosts: string[];
  /** Where workers are; a name with several addresses stands for several workers. */
  workerAddresses: Endpoint[];
  workerConcurrency: number;
  /** The most bytes of a request's body, and how long it may take to arrive, in ms. */
  maxBody: number;
  bodyTimeout: number;
  /** How many times a request is sent again when its worker is lost. */
  maxRetries: number;
  /** Peers whose X-Forwarded headers are passed on. */
  proxies: BlockList;
  settings: Settings;
};

const PROXIES = '127.0.0.1,::1';

const proxies: Setting<BlockList> = {
  default: networks(PROXIES) as BlockList,
  shown: `\`${PROXIES}\``,
  takes: 'addresses and networks, with commas; *',
  description: 'addresses and networks (10.0.0.0/8) of proxies whose X-Forwarded headers are passed on; * for any',
  like: 'forwarded_allow_ips',
  parse: (text) => {
    const found = networks(text);
    if (typeof found === 'string') throw new Error(`"${found}" is not an address or a network`);
    return found;
  },
};

/** How often a request whose worker was lost is sent to another: a poisonous one must not end them all. */
const MAX_RETRIES = 2;

/** The table of this service's configuration. */
export const SETTINGS = {
  WAYBILL_HOST: host({
    default: '127.0.0.1',
    description: 'where to listen; loopback by default',
    like: 'bind',
  }),
  WAYBILL_GATEWAY_PORT: port({ default: 8182, description: 'requests from the proxy', like: 'bind' }),
  WAYBILL_GATEWAY_CONTROL_PORT: port({ default: 8183, description: 'private: the table of workers, and knobs' }),
  WAYBILL_ALLOWED_HOSTS: hostNames({
    default: [],
    description:
      'names by which the control port may be asked, with commas, besides addresses, `localhost` and names without dots',
  }),
  WAYBILL_WORKER_ADDRESSES: endpoints({
    default: [
      { host: '127.0.0.1', port: 8201 },
      { host: '127.0.0.1', port: 8202 },
    ],
    description: 'where workers are; a name with several addresses is several workers',
    like: 'workers',
  }),
  WAYBILL_QUEUE_DEPTH: count({
    default: 64,
    max: MAX_REQUESTS,
    description: 'letters that may wait, at most 100,000; the next gets 503 and `Retry-After` at once; 0: none waits',
    like: 'backlog',
  }),
  WAYBILL_QUEUE_WAIT: milliseconds({
    default: 10_000,
    description: 'ms that a request may wait: long enough to replace a worker',
  }),
  WAYBILL_WORKER_TIMEOUT: milliseconds({
    default: 5000,
    description:
      "ms without progress until a request is given up (504); less than WAYBILL_WATCHDOG_TIMEOUT, the workers' watchdog",
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
    description: "bytes of a body, which waits here until it is whole; the workers' bound too",
  }),
  WAYBILL_BODY_TIMEOUT: milliseconds({
    default: 10_000,
    description:
      "for a body to arrive; then 408. Until then no worker is asked: gunicorn's sync workers would wait for it",
  }),
  WAYBILL_FORWARDED_ALLOW_IPS: proxies,
} satisfies SettingTable;

/** Reads the gateway's configuration; throws an Error that lists what is wrong. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): GatewayConfig {
  const read = readSettings(SETTINGS, environment);
  return {
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
    maxRetries: MAX_RETRIES,
    proxies: read.WAYBILL_FORWARDED_ALLOW_IPS,
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
