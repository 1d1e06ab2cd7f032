// The log of every process: one JSON line an event on stdout, each with the ids of the trace it belongs to.
// pino is loaded by `require`, the one way that OpenTelemetry's pino instrumentation can hook into.

import { createRequire } from 'node:module';
import type { Logger } from 'pino';
import { logLevel, serviceName } from './config.ts';
import { LOG_LEVELS } from './log-levels.ts';

const { pino } = createRequire(import.meta.url)('pino') as typeof import('pino');

const level = logLevel || 'info';
const isLevel = LOG_LEVELS.includes(level);

/** What a terminal would obey in a line: JSON escapes only what is below a space (as traces/printable.ts does for names). */
const OBEYED = /(?!\n)[\p{Cc}\p{Bidi_Control}]/gu;
const escaped = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** The process's logger; `WAYBILL_LOG_LEVEL` sets its level (info). */
export const log: Logger = pino(
  {
    level: isLevel ? level : 'info',
    base: { service: serviceName, pid: process.pid },
  },
  // Not pino's own destination: without a reader, it would retry its last line without end (sonic-boom's flushSync).
  { write: (line) => process.stdout.write(line.replace(OBEYED, escaped)) },
);

if (!isLevel)
  log.warn(`WAYBILL_LOG_LEVEL: expected one of ${LOG_LEVELS.join(', ')}, got "${level}". The level is info.`);
