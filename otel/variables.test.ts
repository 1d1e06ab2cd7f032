import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hasInstrumentation, loadInstrumentation } from './instrumentations.ts';
import { unreadVariables } from './variables.ts';

const unread = (name: string, value: string) => unreadVariables({ [name]: value });

// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ and …/protocol/exporter/
const SIGNALS = ['', '_TRACES', '_METRICS', '_LOGS'];
const SPECIFIED: [name: string, good: string][] = [
  ['OTEL_SDK_DISABLED', 'False'],
  ['OTEL_RESOURCE_ATTRIBUTES', 'team=a%20b,x='],
  ['OTEL_SERVICE_NAME', 'mine'],
  ['OTEL_LOG_LEVEL', 'info'],
  ['OTEL_PROPAGATORS', 'tracecontext, baggage,b3'],
  ['OTEL_TRACES_SAMPLER', 'parentbased_traceidratio'],
  ['OTEL_TRACES_SAMPLER_ARG', '0.25'],
  ...['OTEL_BSP', 'OTEL_BLRP'].flatMap((prefix): [string, string][] => [
    [`${prefix}_SCHEDULE_DELAY`, '5000'],
    [`${prefix}_EXPORT_TIMEOUT`, '0'],
    [`${prefix}_MAX_QUEUE_SIZE`, '2048'],
    [`${prefix}_MAX_EXPORT_BATCH_SIZE`, '512'],
  ]),
  ...[
    'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT',
    'OTEL_ATTRIBUTE_COUNT_LIMIT',
    'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT',
    'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT',
    'OTEL_SPAN_EVENT_COUNT_LIMIT',
    'OTEL_SPAN_LINK_COUNT_LIMIT',
    'OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT',
    'OTEL_LINK_ATTRIBUTE_COUNT_LIMIT',
    'OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT',
    'OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT',
  ].map((name): [string, string] => [name, '128']),
  ...SIGNALS.flatMap((signal): [string, string][] => [
    [`OTEL_EXPORTER_OTLP${signal}_ENDPOINT`, 'https://collector.example:4318'],
    [`OTEL_EXPORTER_OTLP${signal}_PROTOCOL`, 'http/protobuf'],
    [`OTEL_EXPORTER_OTLP${signal}_HEADERS`, 'api-key=a%20b,x-tenant=7'],
    [`OTEL_EXPORTER_OTLP${signal}_COMPRESSION`, 'gzip'],
    [`OTEL_EXPORTER_OTLP${signal}_TIMEOUT`, '10000'],
    [`OTEL_EXPORTER_OTLP${signal}_INSECURE`, 'TRUE'],
    ...['CERTIFICATE', 'CLIENT_KEY', 'CLIENT_CERTIFICATE'].map((name): [string, string] => [
      `OTEL_EXPORTER_OTLP${signal}_${name}`,
      import.meta.filename,
    ]),
  ]),
  ['OTEL_EXPORTER_ZIPKIN_ENDPOINT', 'http://localhost:9411/api/v2/spans'],
  ['OTEL_EXPORTER_PROMETHEUS_HOST', 'localhost'],
  ['OTEL_EXPORTER_PROMETHEUS_PORT', '9464'],
  ['OTEL_TRACES_EXPORTER', 'otlp,console'],
  ['OTEL_METRICS_EXPORTER', 'prometheus'],
  ['OTEL_LOGS_EXPORTER', 'none'],
  ['OTEL_METRIC_EXPORT_INTERVAL', '60000'],
  ['OTEL_METRIC_EXPORT_TIMEOUT', '30000'],
];

test.each(SPECIFIED)('%s=%s is taken; so is an empty value, as not set', (name, good) => {
  expect(unread(name, good)).toEqual([]);
  expect(unread(name, ' ')).toEqual([]);
});

const FREE = /SERVICE_NAME|PROMETHEUS_HOST/;

test.each(SPECIFIED.filter(([name]) => !FREE.test(name)))('%s is named with a value that it does not take', (name) => {
  expect(unread(name, 'nonsense value\u0000')).toEqual([
    { name, value: expect.any(String), reason: expect.any(String) },
  ]);
});

test.each([
  ['OTEL_BSP_SCHEDULE_DELAY', '-1'],
  ['OTEL_BSP_SCHEDULE_DELAY', '1.5'],
  ['OTEL_BSP_SCHEDULE_DELAY', '1e3'],
  ['OTEL_BSP_SCHEDULE_DELAY', '2147483648'],
  ['OTEL_BSP_MAX_QUEUE_SIZE', '0'],
  ['OTEL_TRACES_SAMPLER_ARG', '1.1'],
  ['OTEL_TRACES_SAMPLER', 'xray'],
  ['OTEL_PROPAGATORS', 'tracecontext,jaeger'],
  ['OTEL_TRACES_EXPORTER', 'otlp/stdout'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost:4318'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'content-length=3'],
  ['OTEL_RESOURCE_ATTRIBUTES', 'team'],
  ['OTEL_RESOURCE_ATTRIBUTES', 'team=%E0%A4%A'],
  ['OTEL_NODE_ENABLED_INSTRUMENTATIONS', 'http,constructor'],
  // What this SDK does not have, or this lab does not read:
  ['OTEL_CONFIG_FILE', 'sdk.yaml'],
  ['OTEL_EXPERIMENTAL_CONFIG_FILE', 'sdk.yaml'],
  ['OTEL_ENTITIES', 'service{name=x}'],
  ['OTEL_METRICS_EXEMPLAR_FILTER', 'always_on'],
  ['OTEL_EXPORTER_ZIPKIN_TIMEOUT', '10000'],
  ['OTEL_NODE_RESOURCE_DETECTORS', 'host'],
  ['OTEL_BSP_SCHEDULE_DELAY_MILLIS', '5'],
  ['OTEL_toString', '1'],
])('%s=%s is named', (name, value) => expect(unread(name, value)).toMatchObject([{ name, value }]));

test('variables of other languages, and all others, are left alone', () => {
  expect(
    unreadVariables({ OTEL_PYTHON_DISABLED_INSTRUMENTATIONS: 'x', OTEL_JAVAAGENT_DEBUG: 'true', PATH: '' }),
  ).toEqual([]);
});

test('every instrumentation of the collection can be switched on', async () => {
  const file = new URL('../node_modules/@opentelemetry/auto-instrumentations-node/package.json', import.meta.url);
  const { dependencies } = JSON.parse(readFileSync(file, 'utf8')) as { dependencies: Record<string, string> };
  const names = Object.keys(dependencies).flatMap(
    (name) => /^@opentelemetry\/instrumentation-(.+)$/.exec(name)?.[1] ?? [],
  );
  expect(names.filter((name) => !hasInstrumentation(name))).toEqual([]);
  for (const name of names)
    expect(await loadInstrumentation(name)).toMatchObject({ instrumentationName: expect.stringContaining(name) });
});
