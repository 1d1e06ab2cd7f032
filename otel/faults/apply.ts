// Sets faults of the telemetry in this process, while it runs. While none is set, the SDK is as sdk.ts has put it together.

import { type ProxyTracerProvider, propagation, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  NoopSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  type SpanLimits,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import { sampleBy } from '../warm-up.ts';
import { carriers } from './carriers.ts';
import { type SwitchedProcessor, withFaults } from './processors.ts';
import { createPropagator } from './propagator.ts';
import { DEFAULTS, type TelemetryFaultName, type TelemetryValues } from './table.ts';

/** The parts of the SDK that faults change; `exporter` and `processor` are the lab's own, undefined where OTEL_* variables chose others. */
export type Sdk = {
  exporter: SpanExporter | undefined;
  processor: SwitchedProcessor | undefined;
  /** The OTEL_* variables that the user has set for other values than the lab's. */
  chosen: readonly string[];
  /** Where spans are sent. */
  receiver: string;
};

const SMALL_QUEUE = { maxQueueSize: 1, maxExportBatchSize: 1, scheduledDelayMillis: 40 };
const SLOW_EXPORT_MS = 500;
/** Which variables of the user win over which faults. */
const DECIDES: Record<string, readonly TelemetryFaultName[]> = {
  OTEL_PROPAGATORS: ['context', 'newTrace', 'baggage'],
  OTEL_TRACES_SAMPLER: ['ratio', 'parentBased'],
};
const OF_THE_EXPORTER = new Set<TelemetryFaultName>([
  'exports',
  'clock',
  'drift',
  'tail',
  'serviceName',
  'names',
  'status',
  'unended',
]);

let sdk: Sdk | undefined;
let values: TelemetryValues = { ...DEFAULTS };
let driftsSince = 0;
/** The processor that exports by the value of `exports`; undefined before a fault was set. */
let exporting: { by: string; processor: SpanProcessor } | undefined;
/** The limits that the SDK has started with. */
let ownLimits: SpanLimits | undefined;

/** Names what faults change in this process; without it none can be set. */
export function offerFaults(parts: Sdk): void {
  sdk = parts;
}

/** The faults that are set, and the defaults of the others. */
export function telemetryValues(): Readonly<TelemetryValues> {
  return values;
}

/** Whether this process records spans, so that they can have faults. */
export function canHaveFaults(): boolean {
  return sdk !== undefined;
}

/** Why a fault cannot be set in this process, as a sentence; undefined where it can. */
export function refusalOf(name: TelemetryFaultName): string | undefined {
  if (sdk === undefined) return undefined;
  const { chosen, processor } = sdk;
  const variable = chosen.find((each) => DECIDES[each]?.includes(name));
  if (variable) return `${variable} is set, and decides. Unset it, and start the lab again.`;
  if (processor !== undefined || !OF_THE_EXPORTER.has(name)) return undefined;
  return 'OTEL_TRACES_EXPORTER or OTEL_EXPORTER_OTLP_PROTOCOL is set, and decides. Unset it, and start the lab again.';
}

/** Sets the faults in `changes`; those that are refused (refusalOf) have no effect. */
export async function setTelemetryFaults(changes: Partial<TelemetryValues>): Promise<void> {
  const next = { ...values, ...changes };
  if (next.drift !== values.drift) driftsSince = Date.now();
  values = next;
  if (sdk === undefined) return;
  const propagator = await createPropagator(next);
  if (next !== values) return; // a later change sets all of them
  Object.assign(carriers, { hasOption: !next.option, hasField: !next.field, isRead: !next.newTrace });
  if (refusalOf('context') === undefined) {
    propagation.disable();
    propagation.setGlobalPropagator(propagator);
  }
  if (refusalOf('ratio') === undefined) sampleBy(samplerOf(next));
  const limits = spanLimits();
  ownLimits ??= { ...limits };
  if (limits) Object.assign(limits, ownLimits, limitsOf(next));
  setProcessor(sdk, next);
}

function setProcessor({ processor, exporter, receiver }: Sdk, next: TelemetryValues): void {
  if (processor === undefined || exporter === undefined) return;
  if (exporting?.by !== next.exports) {
    void processor.forceFlush().catch(() => {});
    exporting = { by: next.exports, processor: exportingProcessor(next.exports, exporter, receiver) ?? processor.own };
  }
  processor.current = withFaults(exporting.processor, next, driftsSince);
}

/** The processor of a fault of exports; undefined where there is none. */
export function exportingProcessor(fault: string, exporter: SpanExporter, receiver: string): SpanProcessor | undefined {
  if (fault === 'off') return new NoopSpanProcessor();
  if (fault === 'queue') return new BatchSpanProcessor({ exporter: slow(exporter), ...SMALL_QUEUE });
  if (fault !== 'refused') return undefined;
  const url = new URL('/v1/refused', receiver).href; // no receiver has such a path
  return new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url }), scheduledDelayMillis: 40 });
}

function slow(exporter: SpanExporter): SpanExporter {
  return {
    export: (spans, done) => void setTimeout(() => exporter.export(spans, done), SLOW_EXPORT_MS),
    shutdown: () => exporter.shutdown(),
  };
}

/** The sampler of `values`; undefined where these have no fault of sampling. */
export function samplerOf({ ratio, parentBased }: TelemetryValues): Sampler | undefined {
  const root = ratio === 100 ? new AlwaysOnSampler() : new TraceIdRatioBasedSampler(ratio / 100);
  if (parentBased) return new ParentBasedSampler({ root });
  return ratio === 100 ? undefined : root;
}

/** The limits that faults in `values` set. */
export function limitsOf({ length, limit }: TelemetryValues): SpanLimits {
  return {
    ...(length > 0 && { attributeValueLengthLimit: length }),
    ...(limit !== DEFAULTS.limit && { attributeCountLimit: limit, eventCountLimit: limit }),
  };
}

/** The limits that every tracer shares. The SDK takes them when it starts and has no function that changes them. */
function spanLimits(): SpanLimits | undefined {
  const provider = (trace.getTracerProvider() as ProxyTracerProvider).getDelegate();
  return (provider as { _tracerOptions?: { spanLimits?: SpanLimits } })._tracerOptions?.spanLimits;
}
