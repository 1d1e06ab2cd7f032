// OpenTelemetry's settings for every process of the lab: the standard OTEL_* variables, with the lab's own defaults
// where OpenTelemetry's would lose spans or make a learner wait. A variable that is already set wins.
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/

import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { hasInstrumentation } from './instrumentations.ts';
import { LARGEST, unreadVariables } from './variables.ts';

const DEFAULTS = {
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
  // A receiver that is unreachable for 13 s, such as a store that is started again, loses nothing: an export is tried five times.
  OTEL_EXPORTER_OTLP_TIMEOUT: '30000',
  // A learner waits for the last batch of each service: 40 ms, where OpenTelemetry's default is 5,000.
  OTEL_BSP_SCHEDULE_DELAY: '40',
  // With 2,048 and 512 (the defaults) a receiver that takes 50 ms loses 66 % at 20,000 spans a second; with these, none.
  OTEL_BSP_MAX_QUEUE_SIZE: '65536',
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '4096',
  // Entry spans are sampled regardless of the caller's flag: the lab traces every request.
  OTEL_TRACES_SAMPLER: 'always_on',
  OTEL_PROPAGATORS: 'tracecontext,baggage',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
  OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1', // the SDK's own is every address
};

const QUEUE = 'OTEL_BSP_MAX_QUEUE_SIZE';
const BATCH = 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE';

/** Every log line carries its trace; others (http, dns, net, pg …) are switched on by name. */
const ALWAYS = ['pino'];
/** Event loop, garbage collection, memory: only with a metrics exporter, because it wakes each process 100 times a second. */
const WITH_METRICS = ['runtime-node'];

/** The environment, which the SDK reads itself; only files of this name read process.env. */
export const environment: NodeJS.ProcessEnv = process.env;

export type TelemetryConfig = {
  /** Where spans are sent to. */
  receiver: string;
  serviceName: string;
  serviceVersion: string;
  instanceId: string;
  /** Names as in OTEL_NODE_ENABLED_INSTRUMENTATIONS: `http` for @opentelemetry/instrumentation-http. */
  instrumentations: string[];
};

/**
 * Takes out of `environment` what is not read (variables.ts) and fills in the lab's defaults; the SDK reads the rest from there.
 * Returns what the SDK does not read.
 */
export function readTelemetryConfig(environment: NodeJS.ProcessEnv = process.env): TelemetryConfig {
  const listed = (name: string) =>
    (environment[name] ?? '')
      .split(',')
      .map((each) => each.trim())
      .filter(hasInstrumentation);
  const enabled = listed('OTEL_NODE_ENABLED_INSTRUMENTATIONS');
  const disabled = listed('OTEL_NODE_DISABLED_INSTRUMENTATIONS');
  for (const { name } of unreadVariables(environment)) delete environment[name];
  for (const [name, value] of Object.entries(DEFAULTS)) environment[name] ||= value; // empty is not set
  for (const [name, value = ''] of Object.entries(environment)) {
    if (name.startsWith('OTEL_')) environment[name] = normalized(name, value.trim());
  }
  if (Number(environment[QUEUE]) < Number(environment[BATCH])) environment[BATCH] = environment[QUEUE];
  const measured = environment.OTEL_METRICS_EXPORTER === 'none' ? [] : WITH_METRICS;
  return {
    receiver: environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || (environment.OTEL_EXPORTER_OTLP_ENDPOINT as string),
    serviceName: environment.OTEL_SERVICE_NAME ?? 'waybill',
    serviceVersion: environment.WAYBILL_VERSION ?? packageVersion(),
    instanceId: environment.WAYBILL_INSTANCE ?? hostname(), // in Compose the container's
    instrumentations: [...new Set([...ALWAYS, ...measured, ...enabled])].filter((name) => !disabled.includes(name)),
  };
}

/** As the SDK takes it: names of values in lower case; a timeout of 0, which the specification reads as none, as the longest. */
function normalized(name: string, value: string): string {
  if (/_(PROTOCOL|EXPORTER|SAMPLER|PROPAGATORS|COMPRESSION|LOG_LEVEL)$/.test(name)) return value.toLowerCase();
  return /^OTEL_(BSP|BLRP|EXPORTER_OTLP)_.*TIMEOUT$/.test(name) && value === '0' ? String(LARGEST) : value;
}

/** Waybill's own version. */
export function packageVersion(): string {
  const file = join(import.meta.dirname, '../package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
