// The log of every process: one JSON line an event on stdout, each with the ids of the trace it belongs to.
// pino is loaded by `require`, the one way that OpenTelemetry's pino instrumentation can hook into.

import { createRequire } from 'node:module';
import type { Logger } from 'pino';

const { pino } = createRequire(import.meta.url)('pino') as typeof import('pino');

/** The process's logger; `WAYBILL_LOG_LEVEL` sets its level (info). */
export const log: Logger = pino({
  level: process.env.WAYBILL_LOG_LEVEL ?? 'info',
  base: { service: process.env.OTEL_SERVICE_NAME, pid: process.pid },
});
