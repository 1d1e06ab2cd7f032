import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { expect, test } from 'vitest';
import { createTraceExporter } from './exporter.ts';

test.each([
  [{}],
  [{ OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' }],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: '' }],
])('OTLP in JSON with %j', (environment) => {
  expect(createTraceExporter(environment)).toBeInstanceOf(OTLPTraceExporter);
});

test.each([
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }],
  [{ OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc' }],
  [{ OTEL_TRACES_EXPORTER: 'console' }],
  [{ OTEL_TRACES_EXPORTER: 'none' }],
])('the SDK’s own choice with %j', (environment) => {
  expect(createTraceExporter(environment)).toBeUndefined();
});
