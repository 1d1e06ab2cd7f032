import { expect, test } from 'vitest';
import { readTelemetryConfig } from './config.ts';

test('defaults are filled in, for what is empty too; what is set stays', () => {
  const environment: NodeJS.ProcessEnv = { OTEL_PROPAGATORS: '', OTEL_BSP_SCHEDULE_DELAY: '250' };
  const config = readTelemetryConfig(environment);
  expect(environment).toMatchObject({
    OTEL_PROPAGATORS: 'tracecontext,baggage',
    OTEL_BSP_SCHEDULE_DELAY: '250',
    OTEL_TRACES_SAMPLER: 'always_on',
    OTEL_METRICS_EXPORTER: 'none',
  });
  expect(config).toMatchObject({
    serviceName: 'waybill',
    receiver: 'http://127.0.0.1:4318',
    instrumentations: ['pino'],
  });
});

test('instrumentations that are asked for, each once; those that measure where somebody takes metrics', () => {
  expect(readTelemetryConfig({ OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http, net,,pino' }).instrumentations).toEqual([
    'pino',
    'http',
    'net',
  ]);
  expect(readTelemetryConfig({ OTEL_METRICS_EXPORTER: 'otlp' }).instrumentations).toEqual(['pino', 'runtime-node']);
});
