// The processes of the lab under `npm start`, from front to back: this is also the order in which they are ended.

import { join } from 'node:path';
import { type PortName, SERVICE_NAMES, type ServiceName, services } from '../../otel/contract/services.ts';
import { at, type LabConfig } from '../config.ts';
import { ownAppFile, staticFolder } from './home.ts';
import { pageFolder } from './page.ts';

export type Process = {
  /** Its name on the screen and in the log's file name: `dns`, `app-1`. */
  name: string;
  /** `service.name`; null for what is not traced. */
  service: string | null;
  entry: string;
  /** Its working directory, that of the sandbox. */
  folder: string;
  /** Node's own options for it. */
  options: readonly string[];
  environment: Record<string, string>;
  /** A task ends by itself; what names it in `after` starts when it has. All others are started again when they end. */
  kind: 'service' | 'worker' | 'task';
  /** Started when these are ready (or done). */
  after: string[];
};

/** The processes to run for `config`, from front to back. */
export function processes(config: LabConfig): Process[] {
  const { host, reach, ports } = config;
  const place = (name: PortName, offset = 0) => at(config, name, offset);
  const workers = Array.from({ length: config.workers }, (_, index) => ({ name: `app-${index + 1}`, index }));
  const shared: Record<string, string> = {
    ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
    WAYBILL_HOST: host,
    WAYBILL_REACH: reach,
    WAYBILL_HOME: config.home,
    WAYBILL_SOCKETS: config.sockets,
    WAYBILL_ADDRESSES: config.addresses,
    WAYBILL_LESSONS: config.lessons,
    WAYBILL_STATIC_ROOT: staticFolder(config.home),
    // Code is compiled once, not at every start: a third less work until a process is ready.
    NODE_COMPILE_CACHE: config.compiled,
    MALLOC_ARENA_MAX: '1', // glibc would keep memory at hand for each thread: 4 MB a process
    WAYBILL_JAEGER_URL: config.jaegerUrl,
    WAYBILL_PAGE_URL: config.pageUrl,
    WAYBILL_PAGE_DIR: pageFolder(config.home),
    WAYBILL_RESOLVER: place('WAYBILL_DNS_PORT'),
    WAYBILL_DNS_CONTROL: place('WAYBILL_DNS_CONTROL_PORT'),
    WAYBILL_GATEWAY_CONTROL: place('WAYBILL_GATEWAY_CONTROL_PORT'),
    WAYBILL_PROXY_CONTROL: place('WAYBILL_PROXY_CONTROL_PORT'),
    WAYBILL_ROUTER_CONTROL: place('WAYBILL_ROUTER_CONTROL_PORT'),
    WAYBILL_PROGRESS: join(config.home, 'progress.json'),
    WAYBILL_LOGS: join(config.home, 'logs'),
    WAYBILL_GATEWAY: place('WAYBILL_GATEWAY_PORT'),
    WAYBILL_WORKER_ADDRESSES: workers.map(({ index }) => place('WAYBILL_APP_PORT', index)).join(','),
    OTEL_EXPORTER_OTLP_ENDPOINT: config.otlpEndpoint ?? `http://${place('WAYBILL_OTLP_PORT')}`,
    // The embedded store takes OTLP over HTTP alone.
    ...(config.isGrpc && config.otlpEndpoint === undefined && { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' }),
    WAYBILL_APP_FILE: ownAppFile(config.home),
    ...(config.secretKey !== undefined && { WAYBILL_SECRET_KEY: config.secretKey }),
  };

  const service = (name: ServiceName): Process => ({
    name,
    service: services[name].traced ? name : null,
    entry: `services/${name}/main.ts`,
    folder: config.sandbox,
    options: services[name].options,
    environment: { ...shared, WAYBILL_INSTANCE: name },
    kind: 'service',
    after: [],
  });
  const worker = ({ name, index }: (typeof workers)[number]): Process => ({
    ...service('app'),
    name,
    environment: { ...shared, WAYBILL_INSTANCE: name, WAYBILL_APP_PORT: String(ports.WAYBILL_APP_PORT + index) },
    kind: 'worker',
    after: ['migrate', 'collectstatic'],
  });
  const task = (name: string): Process => ({
    name,
    service: null,
    entry: `services/app/${name}.ts`,
    folder: config.sandbox,
    options: [],
    environment: shared,
    kind: 'task',
    after: [],
  });

  const all = SERVICE_NAMES.filter((name) => isStarted(name, config)).flatMap((name) =>
    name === 'app' ? [...workers.map(worker), task('migrate'), task('collectstatic')] : [service(name)],
  );
  // With OTEL_METRICS_EXPORTER=prometheus each serves its metrics on its own port.
  return all.map((process, index) => ({
    ...process,
    environment: { ...process.environment, OTEL_EXPORTER_PROMETHEUS_PORT: String(config.metricsPort + index) },
  }));
}

/** With an outside collector there is no store of our own. */
export function isStarted(name: ServiceName, { otlpEndpoint }: LabConfig): boolean {
  return name !== 'store' || otlpEndpoint === undefined;
}
