// A shell full of OTEL_* variables that are meant for another program, or mistyped: the lab names each, and its traces stay whole.

import { afterAll, expect, test } from 'vitest';
import { sendScenario } from '../lab/cli/send.ts';
import { type Lab, startLab } from '../lab/fixture.ts';
import { findScenario, type Scenario } from '../scenarios/scenarios.ts';
import { readTrace } from '../traces/jaeger.ts';

const WRONG = {
  OTEL_BSP_SCHEDULE_DELAY: 'abc',
  OTEL_BSP_MAX_QUEUE_SIZE: '-5',
  OTEL_BSP_EXPORT_TIMEOUT: '2147483648',
  OTEL_CONFIG_FILE: 'sdk.yaml',
  OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
  OTEL_EXPORTER_OTLP_HEADERS: 'host=collector.example',
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'collector:4318',
  OTEL_EXPORTER_OTLP_CERTIFICATE: '/nowhere/ca.pem',
  OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'htpp',
  OTEL_TRACES_SAMPLER: 'jaeger_remote',
  OTEL_TRACES_EXPORTER: 'jaeger',
  OTEL_PROPAGATORS: 'jaeger',
  OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: 'many',
  OTEL_SERVICE_NAME: 'mine',
};
let lab: Lab;
afterAll(() => lab?.stop());

test('wrong variables are named once each, and keep no span away', async () => {
  lab = await startLab({ ...WRONG, OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=class%20room' });
  for (const name of ['dynamic', 'plain-http-on-tls-port']) {
    const outcomes = await sendScenario(findScenario(name) as Scenario, lab.config);
    expect(outcomes.map(({ ok, missing }) => ({ ok, missing }))).toEqual(
      outcomes.map(() => ({ ok: true, missing: [] })),
    );
    const { spans } = await readTrace(lab.config.jaegerUrl, outcomes[0]?.traceId as string);
    expect(spans.map(({ resource }) => resource['deployment.environment.name'])).toEqual(spans.map(() => 'class room'));
    expect(new Set(spans.map(({ service }) => service))).not.toContain('mine');
  }
  const warnings = lab.output().match(/^ {2}! .*/gm) ?? [];
  expect(warnings.map((line) => /OTEL_\w+/.exec(line)?.[0]).toSorted()).toEqual(Object.keys(WRONG).toSorted());
  expect(lab.output()).not.toMatch(/^\s+at /m);
});
