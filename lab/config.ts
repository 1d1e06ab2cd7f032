// What the commands read from the environment. Each address of the lab has its variable; see the README.

import { join } from 'node:path';
import { EnvError, host, makeValidator, port, str } from 'envalid';
import { PORTS, type PortName } from '../otel/contract/services.ts';
import { readLearner } from '../otel/learner.ts';
import { count, readEnvironment } from '../runtime/environment.ts';
import { LOG_LEVELS } from '../runtime/log-levels.ts';
import { authority } from '../runtime/net/endpoint.ts';
import { LabError } from './cli/command.ts';

const httpUrl = makeValidator((text) => {
  if (text === '' || /^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text.replace(/\/$/, '');
  throw new EnvError('not a URL that begins with http:// or https://');
});

export type LabConfig = {
  /** Where every service listens. */
  host: string;
  /** The address by which what listens there is reached from this machine. */
  reach: string;
  ports: Record<PortName, number>;
  workers: number;
  /** Where state lives: databases and logs. */
  home: string;
  addresses: string;
  /** Where Node keeps compiled code. */
  compiled: string;
  /** What signs session cookies; undefined: a secret that is made once and kept in `home`. */
  secretKey: string | undefined;
  siteUrl: string;
  visitorUrl: string;
  jaegerUrl: string;
  /** Where the first process tells its metrics, with OTEL_METRICS_EXPORTER=prometheus. */
  metricsPort: number;
  /** Whether npm started this process. */
  underNpm: boolean;
  /** Where an outside collector or Jaeger takes spans; undefined: the embedded store. */
  otlpEndpoint: string | undefined;
  /** Whether spans leave by gRPC; the embedded store takes HTTP alone. */
  isGrpc: boolean;
};

/** Reads the lab's configuration; throws a LabError that lists what is wrong. */
export function readLabConfig(environment: NodeJS.ProcessEnv): LabConfig {
  const portSpecs = Object.entries(PORTS).map(([name, { default: value, purpose }]) => [
    name,
    port({ default: value, desc: purpose }),
  ]);
  orLabError(() => readLearner(environment)); // the services read it; a wrong one is told here
  const read = orLabError(() => ({
    ports: readEnvironment(environment, Object.fromEntries(portSpecs)) as unknown as LabConfig['ports'],
    ...readEnvironment(environment, {
      WAYBILL_HOST: host({ default: '127.0.0.1', desc: 'where every service listens' }),
      WAYBILL_WORKERS: count({
        default: 2,
        least: 1,
        most: 64,
        desc: 'how many workers; one answers one letter at a time',
      }),
      NODE_COMPILE_CACHE: str({ default: '', desc: 'where Node keeps compiled code; in WAYBILL_HOME unless set' }),
      WAYBILL_HOME: str({ default: '.waybill', desc: 'where databases and logs are kept' }),
      WAYBILL_SECRET_KEY: str({ default: '', desc: 'signs session cookies; made once, and kept, unless set' }),
      WAYBILL_ADDRESSES: str({ default: 'services/addresses/addresses.local', desc: "the lab's map of the world" }),
      WAYBILL_JAEGER_URL: httpUrl({
        default: '',
        desc: 'where traces are read back; with OTEL_EXPORTER_OTLP_ENDPOINT',
      }),
      WAYBILL_LOG_LEVEL: str({ default: 'info', choices: LOG_LEVELS, desc: 'what the services write in their logs' }),
      OTEL_EXPORTER_PROMETHEUS_PORT: port({
        default: 9464,
        desc: 'with OTEL_METRICS_EXPORTER=prometheus: where the first process tells its metrics; the next ones follow',
      }),
      npm_lifecycle_event: str({ default: '', desc: 'set by npm' }),
      OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl({
        default: '',
        desc: 'an outside collector; then no embedded store is started',
      }),
      OTEL_EXPORTER_OTLP_PROTOCOL: str({ default: '', desc: 'http/json, http/protobuf or grpc' }),
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: str({ default: '', desc: 'the same, for spans alone' }),
    }),
  }));
  const names = Object.keys(PORTS) as PortName[];
  const ports = Object.fromEntries(names.map((name) => [name, read.ports[name]])) as LabConfig['ports'];
  const listening = read.WAYBILL_HOST === 'localhost' ? '127.0.0.1' : read.WAYBILL_HOST;
  const reach = REACHED[listening] ?? listening;
  const urlOf = (name: PortName) => `http://${at({ reach, ports }, name)}`;
  return {
    host: listening,
    reach,
    ports,
    workers: read.WAYBILL_WORKERS,
    home: read.WAYBILL_HOME,
    compiled: read.NODE_COMPILE_CACHE || join(read.WAYBILL_HOME, 'compiled'),
    secretKey: read.WAYBILL_SECRET_KEY || undefined,
    addresses: read.WAYBILL_ADDRESSES,
    siteUrl: urlOf('WAYBILL_SITE_PORT'),
    visitorUrl: urlOf('WAYBILL_PAGE_PORT'),
    jaegerUrl: read.WAYBILL_JAEGER_URL || urlOf('WAYBILL_JAEGER_PORT'),
    metricsPort: read.OTEL_EXPORTER_PROMETHEUS_PORT,
    underNpm: read.npm_lifecycle_event !== '',
    otlpEndpoint: read.OTEL_EXPORTER_OTLP_ENDPOINT || undefined,
    isGrpc: /^grpc$/i.test(read.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL || read.OTEL_EXPORTER_OTLP_PROTOCOL),
  };
}

/** Where a port of the lab is reached from this machine, as URLs have it; `offset`: so many ports further. */
export function at({ reach, ports }: Pick<LabConfig, 'reach' | 'ports'>, name: PortName, offset = 0): string {
  return authority({ host: reach, port: ports[name] + offset });
}

/** How one reaches what listens at every address. */
const REACHED: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

function orLabError<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new LabError((error as Error).message);
  }
}
