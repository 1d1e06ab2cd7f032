// Every variable that a worker, and the migration before it, reads.

import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { bool, host, port, str, url } from 'envalid';
import { count, hostNames, milliseconds, readEnvironment } from '../../runtime/environment.ts';
import type { Listening } from '../../runtime/net/listen.ts';
import { findSite, type SiteFolder } from './release.ts';
import { readWorkerConfig, type WorkerConfig } from './worker/config.ts';

export type AppConfig = WorkerConfig & {
  listening: Listening;
  /** Which worker this is. */
  id: string;
  /** Names by which the gateway may ask how this worker is. */
  allowedHosts: string[];
  /** `postgresql://…`, or the path of SQLite's file. */
  databaseUrl: string;
  /** How long migrate waits for a database that is still starting, in ms. */
  databaseWait: number;
  sqlComments: boolean;
  debug: boolean;
  secretKey: string;
  /** Bytes that a body may have. */
  maxBody: number;
  /** The site that it runs. */
  site: SiteFolder;
  /** How long the site may take to be read, in ms. */
  startWithin: number;
  /** Where collected static files lie; undefined: they are asked for by their plain names. */
  staticRoot: string | undefined;
  /** Whether collected files are found by their plain names too, or by those alone that change with them. */
  hasPlainNames: boolean;
  /** Where a trace is shown: `${pageUrl}/traces/<id>`. */
  pageUrl: string;
  /** The time; a test may pass its own. */
  clock: () => Date;
};

const LOOPBACK = /^(localhost$|127\.|\[?::1)/;

/** Reads the configuration; throws an Error that lists what is wrong. */
export function readConfig(environment: NodeJS.ProcessEnv): AppConfig {
  const read = readEnvironment(environment, {
    WAYBILL_HOST: host({ default: '127.0.0.1', desc: 'where to listen; the gateway asks, nobody else needs to' }),
    WAYBILL_APP_PORT: port({ default: 8201, desc: 'of this worker; the others have the ports after it' }),
    WAYBILL_ALLOWED_HOSTS: hostNames({ default: [], desc: 'names by which the gateway may ask how this worker is' }),
    WAYBILL_INSTANCE: str({ default: hostname(), desc: 'the name of this worker, as pages and traces show it' }),
    WAYBILL_HOME: str({ default: '.waybill', desc: 'where SQLite keeps site.db' }),
    WAYBILL_DATABASE_URL: str({ default: '', desc: 'postgresql://user:password@host:port/name; without it, SQLite' }),
    WAYBILL_DATABASE_WAIT: milliseconds({
      default: 0,
      least: 0,
      desc: 'ms that migrate waits for a database that is still starting',
    }),
    WAYBILL_SQL_COMMENTS: bool({ default: false, desc: "whether queries carry their trace to the database's own log" }),
    WAYBILL_PUBLIC_HOST: str({ default: '', desc: 'the address on which the site is published, if not WAYBILL_HOST' }),
    WAYBILL_DEBUG: bool({
      default: undefined,
      desc: 'whether error pages show stack traces; true unless set where only this machine reaches the site',
    }),
    WAYBILL_SECRET_KEY: str({ default: 'a lab on loopback keeps no secrets', desc: 'signs session cookies' }),
    WAYBILL_SECRET_KEY_FILE: str({ default: '', desc: 'the file that holds it, in place of WAYBILL_SECRET_KEY' }),
    WAYBILL_MAX_BODY: count({
      default: 64 * 1024,
      most: 100_000_000,
      desc: 'bytes that a form may have; no form here is longer',
    }),
    WAYBILL_STATIC_ROOT: str({
      default: '',
      desc: 'where collectstatic.ts puts static files, and the proxy finds them',
    }),
    WAYBILL_STATIC_NAMES: str({
      default: 'all',
      choices: ['all', 'hashed'],
      desc: "by which names collectstatic.ts has files found; hashed ones are in nobody's way",
    }),
    WAYBILL_SITE: str({
      default: '',
      desc: 'the folder of the site; without it, the release that was deployed last, or services/app/site',
    }),
    WAYBILL_START_WITHIN: milliseconds({ default: 10_000, desc: 'ms that the site may take to be read' }),
    WAYBILL_PAGE_URL: url({ default: 'http://127.0.0.1:8190', desc: 'where the footer of each page leads' }),
  });
  return {
    ...readWorkerConfig(environment),
    listening: { host: read.WAYBILL_HOST, port: read.WAYBILL_APP_PORT, variable: 'WAYBILL_APP_PORT' },
    allowedHosts: read.WAYBILL_ALLOWED_HOSTS,
    id: read.WAYBILL_INSTANCE,
    databaseUrl: read.WAYBILL_DATABASE_URL || join(read.WAYBILL_HOME, 'site.db'),
    databaseWait: read.WAYBILL_DATABASE_WAIT,
    sqlComments: read.WAYBILL_SQL_COMMENTS,
    debug: read.WAYBILL_DEBUG ?? LOOPBACK.test(read.WAYBILL_PUBLIC_HOST || read.WAYBILL_HOST),
    secretKey: read.WAYBILL_SECRET_KEY_FILE ? readSecret(read.WAYBILL_SECRET_KEY_FILE) : read.WAYBILL_SECRET_KEY,
    maxBody: read.WAYBILL_MAX_BODY,
    site: findSite(read.WAYBILL_SITE, read.WAYBILL_HOME, read.WAYBILL_STATIC_ROOT || undefined),
    startWithin: read.WAYBILL_START_WITHIN,
    staticRoot: read.WAYBILL_STATIC_ROOT || undefined,
    hasPlainNames: read.WAYBILL_STATIC_NAMES === 'all',
    pageUrl: read.WAYBILL_PAGE_URL.replace(/\/$/, ''),
    clock: () => new Date(),
  };
}

/** The secret key in `file`; throws an Error when the file cannot be read or is empty. */
function readSecret(file: string): string {
  const key = readFileSync(file, 'utf8').trim();
  if (key === '') throw new Error(`WAYBILL_SECRET_KEY_FILE: ${file} is empty; write a random text into it.`);
  return key;
}
