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

test('configured instrumentations, each once; those for metrics only with a metrics exporter', () => {
  expect(readTelemetryConfig({ OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http, net,,pino' }).instrumentations).toEqual([
    'pino',
    'http',
    'net',
  ]);
  expect(readTelemetryConfig({ OTEL_METRICS_EXPORTER: 'otlp' }).instrumentations).toEqual(['pino', 'runtime-node']);
});

test('what is not taken gives way to the lab’s default', () => {
  const environment: NodeJS.ProcessEnv = {
    OTEL_BSP_SCHEDULE_DELAY: 'abc',
    OTEL_BSP_MAX_QUEUE_SIZE: '-1',
    OTEL_TRACES_SAMPLER: 'jaeger_remote',
    OTEL_EXPORTER_OTLP_ENDPOINT: '127.0.0.1:4317',
    OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'htpp,net,../net',
    OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'pino',
  };
  expect(readTelemetryConfig(environment)).toMatchObject({
    receiver: 'http://127.0.0.1:4318',
    instrumentations: ['net'],
  });
  expect(environment).toMatchObject({
    OTEL_BSP_SCHEDULE_DELAY: '40',
    OTEL_BSP_MAX_QUEUE_SIZE: '65536',
    OTEL_TRACES_SAMPLER: 'always_on',
  });
});

test('values are handed on as the SDK takes them', () => {
  const environment: NodeJS.ProcessEnv = {
    OTEL_EXPORTER_OTLP_PROTOCOL: ' HTTP/protobuf ',
    OTEL_TRACES_SAMPLER: 'ParentBased_Always_On',
    OTEL_BSP_MAX_QUEUE_SIZE: '512', // a batch that is larger would be complained of
    OTEL_BSP_EXPORT_TIMEOUT: '0', // no limit
  };
  readTelemetryConfig(environment);
  expect(environment).toMatchObject({
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_TRACES_SAMPLER: 'parentbased_always_on',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '512',
    OTEL_BSP_EXPORT_TIMEOUT: '2147483647',
  });
});
