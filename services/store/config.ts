// Every variable that the store reads.

import { join } from 'node:path';
import { host, port, str } from 'envalid';
import { count, hostNames, readEnvironment } from '../../runtime/environment.ts';
import type { Listening } from '../../runtime/net/listen.ts';
import type { ReceiverConfig } from './receive/receiver.ts';
import type { SqliteConfig } from './storage/sqlite.ts';

export type StoreConfig = {
  otlp: Listening;
  query: Listening;
  /** Names by which both ports may be asked. */
  allowedHosts: string[];
  storage: SqliteConfig;
  receiver: ReceiverConfig;
  /** Where browsers find traces. */
  pageUrl: string;
};

const MEGABYTE = 1_000_000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Reads the store's configuration; throws an Error that lists what is wrong. */
export function readConfig(environment: NodeJS.ProcessEnv): StoreConfig {
  const read = readEnvironment(environment, {
    WAYBILL_HOST: host({ default: '127.0.0.1', desc: 'where to listen; nobody else is let in by default' }),
    WAYBILL_OTLP_PORT: port({ default: 4318, desc: 'spans come in, as OTLP over HTTP' }),
    WAYBILL_JAEGER_PORT: port({ default: 16686, desc: "Jaeger's query API" }),
    WAYBILL_HOME: str({ default: '.waybill', desc: 'the folder of traces.db' }),
    WAYBILL_PAGE_URL: str({
      default: 'http://127.0.0.1:8190',
      desc: "the lab's page: browsers are sent there, and may send spans from it",
    }),
    WAYBILL_ALLOWED_HOSTS: hostNames({ default: [], desc: 'names by which both ports may be asked' }),
    WAYBILL_STORE_MEGABYTES: count({
      default: 1000,
      least: 1,
      desc: 'the oldest traces leave beyond that: some 2 million spans',
    }),
    WAYBILL_STORE_DAYS: count({
      default: 30,
      least: 1,
      most: 36_500,
      desc: 'how long a trace is kept: last week’s lesson is still there',
    }),
    WAYBILL_STORE_BODY_MEGABYTES: count({
      default: 20,
      least: 1,
      most: 500,
      desc: 'the largest export, packed or not; as in the collector',
    }),
    WAYBILL_STORE_WAITING_MEGABYTES: count({
      default: 64,
      least: 1,
      most: 10_000,
      desc: 'exports in hand at once; beyond that senders wait (429)',
    }),
  });
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
      maxBody: read.WAYBILL_STORE_BODY_MEGABYTES * MEGABYTE,
      maxWaiting: read.WAYBILL_STORE_WAITING_MEGABYTES * MEGABYTE,
      origins: originsOf(read.WAYBILL_PAGE_URL),
    },
    pageUrl: read.WAYBILL_PAGE_URL,
  };
}

/** The page's origin, by number and by name: a browser takes them for two. */
function originsOf(url: string): string[] {
  const { origin } = new URL(url);
  return [...new Set([origin, origin.replace('//127.0.0.1', '//localhost')])];
}
