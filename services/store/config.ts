// Every variable that the store reads.

import { join } from 'node:path';
import type { Listening } from '../../runtime/net/listen.ts';
import {
  allowedHosts,
  count,
  host,
  httpUrl,
  port,
  readSettings,
  type SettingTable,
  text,
} from '../../runtime/settings.ts';
import type { ReceiverConfig } from './receive/receiver.ts';
import type { SqliteConfig } from './storage/sqlite.ts';

export type StoreConfig = {
  otlp: Listening;
  query: Listening;
  /** Names in the Host header that both ports accept. */
  allowedHosts: string[];
  storage: SqliteConfig;
  receiver: ReceiverConfig;
  /** The page that shows traces. */
  pageUrl: string;
};

const MEGABYTE = 1_000_000;
/** Of an export, compressed or not; as in the collector. */
const MAX_BODY_MEGABYTES = 20;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The table of this service's configuration. */
export const SETTINGS = {
  WAYBILL_HOST: host({ default: '127.0.0.1', description: 'where to listen; loopback by default' }),
  WAYBILL_OTLP_PORT: port({ default: 4318, description: 'where spans are received, as OTLP over HTTP' }),
  WAYBILL_JAEGER_PORT: port({ default: 16686, description: "Jaeger's query API" }),
  WAYBILL_HOME: text({ default: '.waybill', description: 'the folder of traces.db' }),
  WAYBILL_PAGE_URL: httpUrl({
    default: 'http://127.0.0.1:8190',
    description: "the lab's page: a browser at 16686 gets a link to it, and it may send spans (CORS)",
  }),
  WAYBILL_ALLOWED_HOSTS: allowedHosts('that both ports accept'),
  WAYBILL_STORE_MEGABYTES: count({
    default: 1000,
    min: 1,
    description: 'the size of traces.db; beyond it the oldest traces are deleted (1,000 MB are some 2 million spans)',
  }),
  WAYBILL_STORE_DAYS: count({
    default: 30,
    min: 1,
    max: 36_500,
    description: 'after this number of days a trace is deleted',
  }),
  WAYBILL_STORE_WAITING_MEGABYTES: count({
    default: 64,
    min: 1,
    max: 10_000,
    description: 'exports in memory at once; beyond it senders get 429 and retry',
  }),
} satisfies SettingTable;

/** Reads the store's configuration; throws an Error that lists what is wrong. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): StoreConfig {
  const read = readSettings(SETTINGS, environment);
  return {
    otlp: { host: read.WAYBILL_HOST, port: read.WAYBILL_OTLP_PORT, variable: 'WAYBILL_OTLP_PORT' },
    query: { host: read.WAYBILL_HOST, port: read.WAYBILL_JAEGER_PORT, variable: 'WAYBILL_JAEGER_PORT' },
    allowedHosts: read.WAYBILL_ALLOWED_HOSTS,
    storage: {
      path: join(read.WAYBILL_HOME, 'traces.db'),
      maxBytes: read.WAYBILL_STORE_MEGABYTES * MEGABYTE,
      maxAge: read.WAYBILL_STORE_DAYS * DAY_MS,
    },
    receiver: {
      maxBody: MAX_BODY_MEGABYTES * MEGABYTE,
      maxWaiting: read.WAYBILL_STORE_WAITING_MEGABYTES * MEGABYTE,
      origins: originsOf(read.WAYBILL_PAGE_URL),
    },
    pageUrl: read.WAYBILL_PAGE_URL,
  };
}

/** The page's origin, by address and by name: for a browser these are two. */
function originsOf(url: string): string[] {
  const { origin } = new URL(url);
  return [...new Set([origin, origin.replace('//127.0.0.1', '//localhost')])];
}
