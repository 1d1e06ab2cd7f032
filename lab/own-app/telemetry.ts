// Where the spans of an app that the lab starts are sent: the standard variables of OpenTelemetry, which every SDK reads.

import { at, type LabConfig } from '../config.ts';

/** The variables for the app; those that `environment` sets stay. */
export function telemetryVariables(config: LabConfig, environment: NodeJS.ProcessEnv): Record<string, string> {
  const own: Record<string, string> = {
    OTEL_SERVICE_NAME: 'my-app',
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_EXPORTER_OTLP_ENDPOINT: config.otlpEndpoint ?? `http://${at(config, 'WAYBILL_OTLP_PORT')}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: config.isGrpc && config.otlpEndpoint !== undefined ? 'grpc' : 'http/protobuf',
    OTEL_BSP_SCHEDULE_DELAY: '100', // ms; 5 s is the standard: a learner waits for the trace
  };
  const isSet = ([name]: [string, string]) => environment[name] === undefined || name === 'OTEL_EXPORTER_OTLP_PROTOCOL';
  return Object.fromEntries(Object.entries(own).filter(isSet));
}
