// Decisions in order (rules, patterns, moments of a request) are span events: Jaeger shows them beside the span.
// The one place that adds them, so that a change of OpenTelemetry's event API touches one file.

import type { Attributes, Span } from '@opentelemetry/api';
import { now } from './clock.ts';

/** Adds the event `name` with `attributes` to `span`; `time` in ms since 1970, now unless given. */
export function addSpanEvent(span: Span, name: string, attributes: Attributes = {}, time?: number): void {
  if (span.isRecording()) span.addEvent(name, attributes, time ?? now());
}

/** Adds an exception event as OpenTelemetry's semantic conventions name it: type, message and stack trace. */
export function addExceptionEvent(span: Span, error: unknown): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  addSpanEvent(span, 'exception', {
    'exception.type': name,
    'exception.message': message,
    ...(stack === undefined ? {} : { 'exception.stacktrace': stack }),
  });
}
