// Every variable that a worker, and the migration before it, reads.

import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { reasonOf } from '../../runtime/folder.ts';
import {
  allowedHosts,
  choice,
  count,
  flag,
  host,
  httpUrl,
  milliseconds,
  port,
  readSettings,
  type SettingTable,
  sockets,
  text,
} from '../../runtime/settings.ts';
import { findSite } from './release.ts';
import { readWorkerConfig, SETTINGS as WORKER_SETTINGS } from './worker/config.ts';

export type AppConfig = ReturnType<typeof readConfig>;

const LOOPBACK = /^(localhost$|127\.|\[?::1)/;

/** The table of this service's configuration. */
export const SETTINGS = {
  ...WORKER_SETTINGS,
  WAYBILL_HOST: host({ default: '127.0.0.1', description: 'where to listen; only the gateway connects' }),
  WAYBILL_APP_PORT: port({
    default: 8201,
    description: 'port of this worker; the other workers have the ports after it',
  }),
  WAYBILL_SOCKETS: sockets({
    default: '',
    description: 'the folder of Unix sockets: it listens at `8201.sock` too',
    like: 'gunicorn: bind = unix:',
  }),
  WAYBILL_ALLOWED_HOSTS: allowedHosts('that `GET /healthz` accepts'),
  WAYBILL_INSTANCE: text({
    default: hostname(),
    shown: "the host's name",
    description: 'name of this worker, as pages and traces show it',
  }),
  WAYBILL_HOME: text({ default: '.waybill', description: 'where SQLite keeps site.db' }),
  WAYBILL_DATABASE_URL: text({
    default: '',
    description: 'postgresql://user:password@host:port/name; without it, SQLite',
    like: 'DATABASES',
  }),
  WAYBILL_DATABASE_WAIT: milliseconds({
    default: 0,
    min: 0,
    description: 'ms that migrate.ts waits for a database that is starting',
  }),
  WAYBILL_PUBLIC_HOST: text({
    default: '',
    shown: '`WAYBILL_HOST`',
    description:
      'the address at which the site is published, if it differs (Compose); WAYBILL_DEBUG defaults to `true` only on loopback',
  }),
  WAYBILL_DEBUG: flag({
    default: undefined,
    shown: '`true` on loopback, else `false`',
    description: 'whether error pages show stack traces and the patterns that were tried',
    like: 'DEBUG',
  }),
  WAYBILL_SECRET_KEY: text({
    default: 'a lab on loopback keeps no secrets',
    description: 'signs session cookies; `npm start` and Compose make a random one at the first start',
    like: 'SECRET_KEY',
  }),
  WAYBILL_SECRET_KEY_FILE: text({
    default: '',
    description: 'the file that holds the secret key; overrides WAYBILL_SECRET_KEY',
  }),
  WAYBILL_MAX_BODY: count({
    default: 64 * 1024,
    max: 100_000_000,
    description: 'bytes that the body of a request may have',
    like: 'DATA_UPLOAD_MAX_MEMORY_SIZE',
  }),
  WAYBILL_STATIC_ROOT: text({
    default: '',
    description:
      'where `collectstatic.ts` copies static files to, for the proxy; without it pages use their plain names',
    like: 'STATIC_ROOT',
  }),
  WAYBILL_STATIC_NAMES: choice({
    default: 'all',
    choices: ['all', 'hashed'],
    description:
      'whether collectstatic.ts copies files under their plain and their hashed names, or under hashed names only',
  }),
  WAYBILL_SITE: text({
    default: '',
    description: 'the folder of the site; without it, the release that was deployed last, or services/app/site',
    like: 'DJANGO_SETTINGS_MODULE',
  }),
  WAYBILL_START_TIMEOUT: milliseconds({ default: 10_000, description: 'ms that loading the site may take' }),
  WAYBILL_PAGE_URL: httpUrl({
    default: 'http://127.0.0.1:8190',
    description: 'the journey page, which the footer of each page links to',
  }),
} satisfies SettingTable;

/** Reads the configuration; throws an Error that lists what is wrong. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env) {
  const read = readSettings(SETTINGS, environment);
  return {
    ...readWorkerConfig(environment),
    listening: { host: read.WAYBILL_HOST, port: read.WAYBILL_APP_PORT, variable: 'WAYBILL_APP_PORT' },
    sockets: read.WAYBILL_SOCKETS,
    allowedHosts: read.WAYBILL_ALLOWED_HOSTS,
    id: read.WAYBILL_INSTANCE,
    databaseUrl: read.WAYBILL_DATABASE_URL || join(read.WAYBILL_HOME, 'site.db'),
    databaseWait: read.WAYBILL_DATABASE_WAIT,
    debug: read.WAYBILL_DEBUG ?? LOOPBACK.test(read.WAYBILL_PUBLIC_HOST || read.WAYBILL_HOST),
    secretKey: read.WAYBILL_SECRET_KEY_FILE ? readSecret(read.WAYBILL_SECRET_KEY_FILE) : read.WAYBILL_SECRET_KEY,
    maxBody: read.WAYBILL_MAX_BODY,
    site: findSite(read.WAYBILL_SITE, read.WAYBILL_HOME, read.WAYBILL_STATIC_ROOT || undefined),
    startTimeout: read.WAYBILL_START_TIMEOUT,
    staticRoot: read.WAYBILL_STATIC_ROOT || undefined,
    hasPlainNames: read.WAYBILL_STATIC_NAMES === 'all',
    pageUrl: read.WAYBILL_PAGE_URL.replace(/\/$/, ''),
    clock: () => new Date(),
  };
}

/** The secret key in `file`; throws an Error when the file cannot be read or is empty. */
function readSecret(file: string): string {
  let key: string;
  try {
    key = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Error(`WAYBILL_SECRET_KEY_FILE: ${file} cannot be read (${reasonOf(error)}).`);
  }
  if (key === '') throw new Error(`WAYBILL_SECRET_KEY_FILE: ${file} is empty; write a random text into it.`);
  return key;
}
