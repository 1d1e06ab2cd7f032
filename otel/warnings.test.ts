import { expect, test } from 'vitest';
import { telemetryWarnings } from './warnings.ts';

test('an environment without OTEL_* variables, and the lab’s own, are fine', () => {
  expect(telemetryWarnings({})).toEqual([]);
  expect(
    telemetryWarnings({
      OTEL_SDK_DISABLED: 'false',
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_TRACES_SAMPLER: 'parentbased_always_on',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318/v1/traces',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20abc,x-tenant=7',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_TIMEOUT: '10000',
      OTEL_BSP_SCHEDULE_DELAY: '200',
      OTEL_PROPAGATORS: 'tracecontext,baggage',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_BSP_EXPORT_TIMEOUT: '0',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=lab,team=caf%C3%A9',
      OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http,net',
      OTEL_PYTHON_LOG_LEVEL: 'info',
      OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '128',
    }),
  ).toEqual([]);
});

test('a variable is named with its value, what follows, and what to do', () => {
  expect(telemetryWarnings({ OTEL_SDK_DISABLED: 'true' })).toEqual([
    'OTEL_SDK_DISABLED is "true": no service records spans. Unset it.',
  ]);
});

test.each([
  ['OTEL_SDK_DISABLED', ' TRUE '],
  ['OTEL_TRACES_EXPORTER', 'none'],
  ['OTEL_TRACES_EXPORTER', 'console'],
  ['OTEL_TRACES_EXPORTER', 'none,otlp'],
  ['OTEL_TRACES_SAMPLER', 'always_off'],
  ['OTEL_TRACES_SAMPLER', 'parentbased_always_off'],
  ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'http://collector.example:4318/v1/traces'],
  ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'http://127.0.0.1:4318'],
  ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'not a url'],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
  ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'grpc'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'host=collector.example'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'x-a=b,Content-Encoding=gzip'],
  ['OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'x-a=%0Ab'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'bad name=b'],
  ['OTEL_EXPORTER_OTLP_TIMEOUT', '10'],
  ['OTEL_BSP_EXPORT_TIMEOUT', '1'],
  ['OTEL_BSP_EXPORT_TIMEOUT', '9999999999'],
  ['OTEL_EXPORTER_OTLP_TIMEOUT', '2147483648'],
  ['OTEL_BSP_SCHEDULE_DELAY', '5000'],
  ['OTEL_BSP_MAX_QUEUE_SIZE', '1'],
  ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE', '0'],
  ['OTEL_PROPAGATORS', 'b3'],
  ['OTEL_SERVICE_NAME', 'mine'],
  ['OTEL_RESOURCE_ATTRIBUTES', 'team=lab,service.name=mine'],
  ['OTEL_TRACES_SAMPLER', 'ALWAYS_OFF'],
  ['OTEL_PROPAGATORS', 'none'],
  ['OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', '10'],
  ['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', '3'],
  ['OTEL_SPAN_EVENT_COUNT_LIMIT', '0'],
])('%s=%s is reported', (name, value) => {
  const warnings = telemetryWarnings({ [name]: value });
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(new RegExp(`^${name} is "`));
});

test('a sampler by ratio is reported with its ratio', () => {
  expect(telemetryWarnings({ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' })).toEqual([
    'OTEL_TRACES_SAMPLER_ARG is "0.1": only that share of the requests is traced. Unset it.',
  ]);
  expect(telemetryWarnings({ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '1' })).toEqual([]);
});

test('the variable of traces counts before the common one', () => {
  expect(telemetryWarnings({ OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '10000', OTEL_EXPORTER_OTLP_TIMEOUT: '10' })).toEqual(
    [],
  );
});

test('a receiver of one’s own may be spoken to by gRPC, and have another address', () => {
  const receiver = { url: 'http://collector.example:4318', isOutside: true };
  expect(telemetryWarnings({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, receiver)).toEqual([]);
  expect(
    telemetryWarnings({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector.example:4318/v1/traces' }, receiver),
  ).toEqual([]);
});
