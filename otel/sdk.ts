// OpenTelemetry's SDK in this process. With the lab's own settings it is put together here, of its parts for traces: NodeSDK
// loads every exporter (gRPC, metrics, logs, YAML: 300 modules more, 0.1 s of each process's start and 10 MB), so it is used only
// when an OTEL_* variable needs it.

import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor, type SpanExporter, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { LOAD_DELAY_MS, QuietBatchProcessor } from './batches.ts';
import { environment as ownEnvironment } from './config.ts';
import { createTraceExporter } from './exporter.ts';
import { offerFaults } from './faults/apply.ts';
import { SwitchedProcessor } from './faults/processors.ts';
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
  const processor = exporter && new SwitchedProcessor(createProcessor(exporter, environment));
  const chosen = Object.keys(SAME).filter((name) => environment[name] && environment[name] !== SAME[name]);
  const receiver = environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || environment.OTEL_EXPORTER_OTLP_ENDPOINT || '';
  offerFaults({ exporter, processor, chosen, receiver });
  if (processor && hasOwnSettings(environment)) return startParts(resource, processor);
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({
    resource,
    autoDetectResources: false, // detectors would ask clouds for metadata
    ...(processor && { spanProcessors: [processor] }),
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

function createProcessor(exporter: SpanExporter, environment: NodeJS.ProcessEnv): SpanProcessor {
  const delayMs = Number(environment.OTEL_BSP_SCHEDULE_DELAY) || 0;
  const options = {
    maxQueueSize: environment.OTEL_BSP_MAX_QUEUE_SIZE,
    scheduledDelayMillis: Math.max(delayMs, LOAD_DELAY_MS),
    exportTimeoutMillis: environment.OTEL_BSP_EXPORT_TIMEOUT,
    maxExportBatchSize: environment.OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
  };
  const configured = Object.entries(options).filter(([, value]) => Number(value) > 0);
  const numbers = Object.fromEntries(configured.map(([name, value]) => [name, Number(value)]));
  return new QuietBatchProcessor(new BatchSpanProcessor({ exporter, ...numbers }), delayMs);
}

function startParts(resource: Resource, processor: SpanProcessor): Sdk {
  const provider = new TracerProvider({ resource, sampler: createWarmUpSampler(), spanProcessors: [processor] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()];
  propagation.setGlobalPropagator(new CompositePropagator({ propagators }));
  trace.setGlobalTracerProvider(provider);
  return provider;
}
