// OpenTelemetry's settings for every process of the lab: the standard OTEL_* variables, with the lab's own defaults
// where OpenTelemetry's would lose spans or make a learner wait. A variable that is already set wins.
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/

import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

const DEFAULTS = {
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
  // A receiver that is away for 13 s, such as a store that is started again, loses nothing: an export is tried five times.
  OTEL_EXPORTER_OTLP_TIMEOUT: '30000',
  // A learner waits for the last batch of each service: 40 ms, where OpenTelemetry's default is 5,000.
  OTEL_BSP_SCHEDULE_DELAY: '40',
  // With 2,048 and 512 (the defaults) a receiver that takes 50 ms loses 66 % at 20,000 spans a second; with these, none.
  OTEL_BSP_MAX_QUEUE_SIZE: '65536',
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '4096',
  // Entries are sampled whatever a caller's flag says: the lab shows every letter.
  OTEL_TRACES_SAMPLER: 'always_on',
  OTEL_PROPAGATORS: 'tracecontext,baggage',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
  OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1', // the SDK's own is every address
};

/** Every log line carries its trace; others (http, dns, net, pg …) are switched on by name. */
const ALWAYS = ['pino'];
/** Event loop, garbage collection, memory: only where somebody takes metrics, for it wakes each process 100 times a second. */
const WITH_METRICS = ['runtime-node'];

export type TelemetryConfig = {
  /** Where spans are sent to. */
  receiver: string;
  serviceName: string;
  serviceVersion: string;
  instanceId: string;
  /** Names as in OTEL_NODE_ENABLED_INSTRUMENTATIONS: `http` for @opentelemetry/instrumentation-http. */
  instrumentations: string[];
};

/** Fills in the defaults in `environment` (the SDK reads the rest from there) and returns what the SDK does not read. */
export function readTelemetryConfig(environment: NodeJS.ProcessEnv = process.env): TelemetryConfig {
  for (const [name, value] of Object.entries(DEFAULTS)) environment[name] ||= value; // empty is not set
  const asked = environment.OTEL_NODE_ENABLED_INSTRUMENTATIONS?.split(',').map((name) => name.trim()) ?? [];
  const measured = environment.OTEL_METRICS_EXPORTER === 'none' ? [] : WITH_METRICS;
  return {
    receiver: environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || (environment.OTEL_EXPORTER_OTLP_ENDPOINT as string),
    serviceName: environment.OTEL_SERVICE_NAME ?? 'waybill',
    serviceVersion: environment.WAYBILL_VERSION ?? packageVersion(),
    instanceId: environment.WAYBILL_INSTANCE ?? hostname(), // in Compose the container's
    instrumentations: [...new Set([...ALWAYS, ...measured, ...asked.filter((name) => name !== '')])],
  };
}

function packageVersion(): string {
  const file = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
