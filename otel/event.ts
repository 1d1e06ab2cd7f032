// Decisions in order (rules, patterns, moments of a request) are span events: Jaeger shows them beside the span.
// The one place that adds them, so that a change of OpenTelemetry's event API touches one file.

import type { Attributes, Span } from '@opentelemetry/api';
import { now } from './clock.ts';

/** Notes on `span` that `what` happened, with its details; `time` in ms since 1970, now unless given. */
export function note(span: Span, what: string, details: Attributes = {}, time?: number): void {
  if (span.isRecording()) span.addEvent(what, details, time ?? now());
}

/** Notes an exception as OpenTelemetry's semantic conventions name it: type, message and stack trace. */
export function noteException(span: Span, error: unknown): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  note(span, 'exception', {
    'exception.type': name,
    'exception.message': message,
    ...(stack === undefined ? {} : { 'exception.stacktrace': stack }),
  });
}
