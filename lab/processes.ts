// The processes of the lab under `npm start`, from front to back: this is also the order in which they are ended.

import { join } from 'node:path';
import type { LabConfig } from './config.ts';

export type Process = {
  /** Its name on the screen and in the log's file name: `dns`, `app-1`. */
  name: string;
  /** `service.name`; null for what is not traced. */
  service: string | null;
  entry: string;
  /** Node's own options for it. */
  options: string[];
  environment: Record<string, string>;
  /** A task ends by itself; what names it in `after` starts when it has. A worker is started again when it ends. */
  kind: 'service' | 'worker' | 'task';
  /** Started when these are ready (or done). */
  after: string[];
};

/**
 * The store's: what an export needs is garbage a moment later, so a small young generation does, and saves 60 MB. Not
 * --optimize-for-size, with which large exports cost twice the time.
 */
export const STORE_OPTIONS = ['--max-semi-space-size=4'];

/** The processes to run for `config`, from front to back. */
export function processes(config: LabConfig): Process[] {
  const { host, ports } = config;
  const otlp = config.otlpEndpoint ?? `http://127.0.0.1:${ports.WAYBILL_OTLP_PORT}`;
  const workers = Array.from({ length: config.workers }, (_, index) => ({
    name: `app-${index + 1}`,
    port: ports.WAYBILL_APP_PORT + index,
  }));
  const shared = {
    ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
    WAYBILL_HOST: host,
    WAYBILL_HOME: config.home,
    WAYBILL_ADDRESSES: config.addresses,
    WAYBILL_STATIC_ROOT: join(config.home, 'static'),
    // Code is compiled once, not at every start: a third less work until a process is ready.
    NODE_COMPILE_CACHE: config.compiled,
    WAYBILL_JAEGER_URL: config.jaegerUrl,
    WAYBILL_PAGE_URL: config.visitorUrl,
    WAYBILL_RESOLVER: `127.0.0.1:${ports.WAYBILL_DNS_PORT}`,
    WAYBILL_DNS_CONTROL: `127.0.0.1:${ports.WAYBILL_DNS_CONTROL_PORT}`,
    WAYBILL_GATEWAY_CONTROL: `127.0.0.1:${ports.WAYBILL_GATEWAY_CONTROL_PORT}`,
    WAYBILL_GATEWAY: `127.0.0.1:${ports.WAYBILL_GATEWAY_PORT}`,
    WAYBILL_WORKERS_AT: workers.map(({ port }) => `127.0.0.1:${port}`).join(','),
    OTEL_EXPORTER_OTLP_ENDPOINT: otlp,
  };

  const service = (name: string): Process => ({
    name,
    service: name,
    entry: `services/${name}/main.ts`,
    options: [],
    environment: { ...shared, WAYBILL_INSTANCE: name },
    kind: 'service',
    after: [],
  });
  const worker = ({ name, port }: { name: string; port: number }): Process => ({
    ...service('app'),
    name,
    environment: { ...shared, WAYBILL_INSTANCE: name, WAYBILL_APP_PORT: String(port) },
    kind: 'worker',
    after: ['migrate', 'collectstatic'],
  });
  const untraced = (name: string, entry: string, kind: Process['kind']): Process => ({
    ...service(name),
    service: null,
    entry,
    kind,
    // A task would write compiled code when it ends, while workers wait for it.
    ...(kind === 'task' && { environment: { ...shared, NODE_DISABLE_COMPILE_CACHE: '1' } }),
  });

  return [
    service('visitor'),
    service('dns'),
    service('router'),
    service('proxy'),
    service('gateway'),
    ...workers.map(worker),
    untraced('migrate', 'services/app/migrate.ts', 'task'),
    untraced('collectstatic', 'services/app/collectstatic.ts', 'task'),
    ...(config.otlpEndpoint === undefined
      ? [{ ...untraced('store', 'services/store/main.ts', 'service'), options: STORE_OPTIONS }]
      : []),
  ];
}
