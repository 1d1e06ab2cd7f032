// Starts OpenTelemetry before anything else: node --import ./otel/instrument.ts services/dns/main.ts
// The spans of the contract are opened by hand at the seams (otel/span.ts); instrumentations supply what has no seam.

import { createRequire, syncBuiltinESMExports } from 'node:module';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { ATTR_SERVICE_INSTANCE_ID, ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';
import { readTelemetryConfig } from './config.ts';
import { ATTR_PROCESS_PID } from './contract/names.ts';
import { flushWith } from './flush.ts';
import { loadInstrumentation } from './instrumentations.ts';
import { startSdk } from './sdk.ts';
import { troubleLogger } from './trouble.ts';

const require = createRequire(import.meta.url);
const config = readTelemetryConfig();
diag.setLogger(troubleLogger(config.receiver), DiagLogLevel.WARN); // OTEL_LOG_LEVEL replaces it by the SDK's own

const own = resourceFromAttributes({
  [ATTR_SERVICE_NAME]: config.serviceName,
  [ATTR_SERVICE_VERSION]: config.serviceVersion,
  [ATTR_SERVICE_INSTANCE_ID]: config.instanceId,
  [ATTR_PROCESS_PID]: process.pid,
});
// defaultResource: telemetry.sdk.*; envDetector: OTEL_RESOURCE_ATTRIBUTES. The process's own attributes come last and win.
const resource = defaultResource()
  .merge(detectResources({ detectors: [envDetector] }))
  .merge(own);
const sdk = await startSdk(resource, await Promise.all(config.instrumentations.map(loadInstrumentation)));

// ES modules take named imports of built-ins before an instrumentation can patch them: load each once through
// require, which is patched, then hand the patched functions to the ES module side.
for (const builtin of ['http', 'https', 'dns', 'dns/promises', 'net']) require(`node:${builtin}`);
syncBuiltinESMExports();

flushWith(() => sdk.shutdown());
