// What the commands read from the environment. Each port of the lab has its variable; see the README.

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { PORTS, type PortName } from '../otel/contract/services.ts';
import { readLearner } from '../otel/learner.ts';
import { LOG_LEVELS } from '../runtime/log-levels.ts';
import { authority } from '../runtime/net/endpoint.ts';
import { isBundled, ROOT } from '../runtime/program.ts';
import {
  choice,
  count,
  host,
  httpUrl,
  path,
  port,
  readSettings,
  type Setting,
  type SettingTable,
  sockets,
  text,
} from '../runtime/settings.ts';
import { LabError } from './cli/command.ts';
import { sandboxFolder } from './runner/sandbox.ts';

export type LabConfig = {
  /** Where every service listens. */
  host: string;
  /** The address for connections from this machine to `host`. */
  reach: string;
  ports: Record<PortName, number>;
  /** What is added to every port that has no value of its own. */
  portOffset: number;
  workers: number;
  /** The folder of databases and logs. */
  home: string;
  addresses: string;
  lessons: string;
  /** The folder of Unix sockets between the services; empty for none. */
  sockets: string;
  /** The folder of what a learner may edit. */
  sandbox: string;
  /** The folder of compiled code. */
  compiled: string;
  /** Signs session cookies; undefined: a secret that is made once and kept in `home`. */
  secretKey: string | undefined;
  siteUrl: string;
  visitorUrl: string;
  /** Where browsers find the journey page, which may be a proxy before the visitor. */
  pageUrl: string;
  jaegerUrl: string;
  /** The metrics port of the first process, with OTEL_METRICS_EXPORTER=prometheus. */
  metricsPort: number;
  /** Whether npm started this process. */
  underNpm: boolean;
  /** A collector or Jaeger elsewhere, to which spans are sent; undefined: the embedded store. */
  otlpEndpoint: string | undefined;
  /** Whether spans are sent by gRPC; the embedded store accepts HTTP only. */
  isGrpc: boolean;
};

// A checkout runs in its own folder, the package in that of its user.
const ADDRESSES = 'services/addresses/addresses.local';
const HOME = isBundled ? join(homedir(), '.waybill') : '.waybill';

export const SETTINGS = {
  ...portSettings(),
  WAYBILL_PORT_OFFSET: count({
    default: 0,
    min: 0,
    max: 30_000,
    description: 'is added to every port that has no value of its own',
  }),
  WAYBILL_HOST: host({ default: '127.0.0.1', description: 'where every service listens' }),
  WAYBILL_WORKERS: count({
    default: 2,
    min: 1,
    max: 64,
    description: 'how many workers; one answers one request at a time',
  }),
  WAYBILL_HOME: path({ default: HOME, description: 'where databases and logs are kept' }),
  WAYBILL_SOCKETS: sockets({
    default: undefined,
    shown: '`sockets` in `WAYBILL_HOME`',
    description:
      'the folder of the Unix sockets by which web server, app server and workers are connected; not on Windows',
  }),
  WAYBILL_SECRET_KEY: text({ default: '', description: 'signs session cookies; made once, and kept, unless set' }),
  WAYBILL_ADDRESSES: path({
    default: isBundled ? join(ROOT, ADDRESSES) : ADDRESSES,
    description: 'the address map: where each address of the lab really listens',
  }),
  WAYBILL_LESSONS: path({
    default: isBundled ? join(ROOT, 'dist/lessons') : 'lessons',
    description: 'the folder of lessons',
  }),
  WAYBILL_PAGE_URL: httpUrl({
    default: '',
    description: 'where browsers find the journey page, behind a proxy; the host and port of the visitor unless set',
  }),
  WAYBILL_JAEGER_URL: httpUrl({
    default: '',
    description: 'where traces are read back; with OTEL_EXPORTER_OTLP_ENDPOINT',
  }),
  WAYBILL_LOG_LEVEL: choice({
    default: 'info',
    choices: LOG_LEVELS,
    description: 'what the services write in their logs',
  }),
  NODE_COMPILE_CACHE: path({
    default: '',
    description: 'where Node keeps compiled code; in WAYBILL_HOME unless set',
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl({
    default: '',
    description: 'an outside collector; then no embedded store is started',
  }),
  OTEL_EXPORTER_OTLP_PROTOCOL: text({ default: '', description: 'http/json, http/protobuf or grpc' }),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: text({ default: '', description: 'the same, for spans alone' }),
  OTEL_EXPORTER_PROMETHEUS_PORT: port({
    default: 9464,
    description:
      'with OTEL_METRICS_EXPORTER=prometheus: where the first process serves its metrics; the next ones follow',
  }),
  npm_lifecycle_event: text({ default: '', description: 'set by npm' }),
} satisfies SettingTable;

/** Reads the lab's configuration; throws a LabError that lists what is wrong. */
export function readLabConfig(environment: NodeJS.ProcessEnv = process.env): LabConfig {
  const read = orLabError(() => {
    readLearner(environment); // read by the services; an invalid one is reported here
    return readSettings(SETTINGS, environment);
  });
  const names = Object.keys(PORTS) as PortName[];
  const moved = (name: PortName | 'OTEL_EXPORTER_PROMETHEUS_PORT') =>
    read[name] + (environment[name] === undefined ? read.WAYBILL_PORT_OFFSET : 0);
  const ports = Object.fromEntries(names.map((name) => [name, moved(name)])) as LabConfig['ports'];
  const home = isBundled ? resolve(read.WAYBILL_HOME) : read.WAYBILL_HOME; // npm runs scripts in the checkout
  const listening = read.WAYBILL_HOST === 'localhost' ? '127.0.0.1' : read.WAYBILL_HOST;
  const reach = REACHED[listening] ?? listening;
  const urlOf = (name: PortName) => `http://${at({ reach, ports }, name)}`;
  return {
    host: listening,
    reach,
    ports,
    portOffset: read.WAYBILL_PORT_OFFSET,
    workers: read.WAYBILL_WORKERS,
    home,
    sockets: read.WAYBILL_SOCKETS ?? resolve(home, 'sockets'),
    sandbox: sandboxFolder(home),
    compiled: read.NODE_COMPILE_CACHE || join(home, 'compiled'),
    secretKey: read.WAYBILL_SECRET_KEY || undefined,
    addresses: read.WAYBILL_ADDRESSES,
    lessons: read.WAYBILL_LESSONS,
    siteUrl: urlOf('WAYBILL_SITE_PORT'),
    visitorUrl: urlOf('WAYBILL_PAGE_PORT'),
    pageUrl: read.WAYBILL_PAGE_URL.replace(/\/$/, '') || urlOf('WAYBILL_PAGE_PORT'),
    jaegerUrl: read.WAYBILL_JAEGER_URL || urlOf('WAYBILL_JAEGER_PORT'),
    metricsPort: moved('OTEL_EXPORTER_PROMETHEUS_PORT'),
    underNpm: read.npm_lifecycle_event !== '',
    otlpEndpoint: read.OTEL_EXPORTER_OTLP_ENDPOINT || undefined,
    isGrpc: /^grpc$/i.test(read.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL || read.OTEL_EXPORTER_OTLP_PROTOCOL),
  };
}

/** The host and port of a URL for connections from this machine; `offset` is added to the port. */
export function at({ reach, ports }: Pick<LabConfig, 'reach' | 'ports'>, name: PortName, offset = 0): string {
  return authority({ host: reach, port: ports[name] + offset });
}

/** The address for connections to a wildcard address. */
const REACHED: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

function portSettings(): Record<PortName, Setting<number>> {
  const settings = Object.entries(PORTS).map(([name, { default: number, purpose }]) => [
    name,
    port({ default: number, description: purpose }),
  ]);
  return Object.fromEntries(settings) as Record<PortName, Setting<number>>;
}

function orLabError<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new LabError((error as Error).message);
  }
}
