// OpenTelemetry's SDK in this process. With the lab's own settings it is put together here, of its parts for traces: NodeSDK
// loads every exporter (gRPC, metrics, logs, YAML: 300 modules more, 0.1 s of each process's start and 10 MB), so it is used only
// when an OTEL_* variable needs it.

import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  CompositePropagator,
  getNumberFromEnv,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { environment as ownEnvironment } from './config.ts';
import { createTraceExporter } from './exporter.ts';
import { createWarmUpSampler } from './warm-up.ts';

type Sdk = { shutdown: () => Promise<void> };

/** What the parts below do is what NodeSDK does with these values. */
const SAME: Record<string, string> = {
  OTEL_TRACES_EXPORTER: 'otlp',
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
  OTEL_TRACES_SAMPLER: 'always_on',
  OTEL_PROPAGATORS: 'tracecontext,baggage',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
};
/** What others read, or the parts themselves. Instrumentations besides the lab's own need NodeSDK to set their tracer. */
const READ = /^OTEL_(SERVICE_NAME|RESOURCE_ATTRIBUTES|EXPORTER_(OTLP|PROMETHEUS)_.*|BSP_.*)$/;

/** Starts it for `resource`, its settings in `environment`; `shutdown` sends what is queued. */
export async function startSdk(
  resource: Resource,
  instrumentations: NodeSDKConfiguration['instrumentations'],
  environment: NodeJS.ProcessEnv = ownEnvironment,
): Promise<Sdk> {
  const exporter = createTraceExporter(environment);
  if (exporter && hasOwnSettings(environment)) return startParts(resource, exporter);
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({
    resource,
    autoDetectResources: false, // detectors would ask clouds for metadata
    ...(exporter && { traceExporter: exporter }),
    ...(environment.OTEL_TRACES_SAMPLER === SAME.OTEL_TRACES_SAMPLER && { sampler: createWarmUpSampler() }),
    instrumentations,
  });
  sdk.start();
  return sdk;
}

/** Whether the parts have everything that is configured. */
export function hasOwnSettings(environment: NodeJS.ProcessEnv): boolean {
  return Object.entries(environment).every(
    ([name, value]) =>
      !name.startsWith('OTEL_') || !value || value === SAME[name] || (!(name in SAME) && READ.test(name)),
  );
}

function startParts(resource: Resource, exporter: NonNullable<ReturnType<typeof createTraceExporter>>): Sdk {
  const limits = {
    maxQueueSize: getNumberFromEnv('OTEL_BSP_MAX_QUEUE_SIZE'),
    scheduledDelayMillis: getNumberFromEnv('OTEL_BSP_SCHEDULE_DELAY'),
    exportTimeoutMillis: getNumberFromEnv('OTEL_BSP_EXPORT_TIMEOUT'),
    maxExportBatchSize: getNumberFromEnv('OTEL_BSP_MAX_EXPORT_BATCH_SIZE'),
  };
  const configured = Object.entries(limits).filter(([, value]) => value !== undefined && value > 0);
  const processor = new BatchSpanProcessor({ exporter, ...Object.fromEntries(configured) });
  const provider = new TracerProvider({ resource, sampler: createWarmUpSampler(), spanProcessors: [processor] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()];
  propagation.setGlobalPropagator(new CompositePropagator({ propagators }));
  trace.setGlobalTracerProvider(provider);
  return provider;
}
