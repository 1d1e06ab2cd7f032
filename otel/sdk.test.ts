import { expect, test } from 'vitest';
import { readTelemetryConfig } from './config.ts';
import { hasOwnSettings } from './sdk.ts';

const settled = (variables: NodeJS.ProcessEnv) => {
  const environment = { ...variables };
  readTelemetryConfig(environment); // fills in the lab's defaults
  return hasOwnSettings(environment);
};

test.each([
  {},
  { OTEL_SERVICE_NAME: 'proxy', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4319', OTEL_BSP_SCHEDULE_DELAY: '50' },
  { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_TRACES_SAMPLER: '', PATH: '/bin' },
  { OTEL_CONFIG_FILE: 'sdk.yaml', OTEL_METRICS_EXEMPLAR_FILTER: 'always_on' }, // not read
  { OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=lab' },
  { OTEL_PROPAGATORS: 'jaeger', OTEL_BSP_SCHEDULE_DELAY: 'abc', OTEL_SPAN_EVENT_COUNT_LIMIT: '-1' }, // not taken
])('the lab has what %j configures', (variables) => expect(settled(variables)).toBe(true));

test.each([
  { OTEL_SDK_DISABLED: 'true' },
  { OTEL_TRACES_SAMPLER: 'traceidratio' },
  { OTEL_PROPAGATORS: 'b3' },
  { OTEL_METRICS_EXPORTER: 'prometheus' },
  { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' },
  { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http' },
  { OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '5' },
  { OTEL_LOG_LEVEL: 'debug' },
])('%j is for NodeSDK', (variables) => expect(settled(variables)).toBe(false));
