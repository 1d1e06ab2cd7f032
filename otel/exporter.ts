// How spans leave a process: as OTLP in JSON over HTTP, which a learner can read on the wire. A process that asks for something else
// by OTEL_TRACES_EXPORTER or OTEL_EXPORTER_OTLP_PROTOCOL (http/protobuf, grpc) gets what OpenTelemetry has for it.

import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';

/** The lab's exporter; undefined where `environment` asks for another, which the SDK then makes. */
export function createTraceExporter(environment: NodeJS.ProcessEnv): OTLPTraceExporter | undefined {
  const exporter = environment.OTEL_TRACES_EXPORTER || 'otlp';
  const protocol =
    environment.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL || environment.OTEL_EXPORTER_OTLP_PROTOCOL || 'http/json';
  return exporter === 'otlp' && protocol === 'http/json' ? new OTLPTraceExporter() : undefined;
}
