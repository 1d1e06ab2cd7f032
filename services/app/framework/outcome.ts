// A step of a middleware or a view, in its span. An HttpError is an outcome, and so is an AbortError (its client has closed the
// connection): an event of the span. Any other error marks the span as failed.

import { context, type Span } from '@opentelemetry/api';
import { ATTR_RAISED } from '../../../otel/contract/names.ts';
import { addSpanEvent } from '../../../otel/event.ts';
import { contextWith, endSpan, errorType, failSpan } from '../../../otel/span.ts';
import { HttpError, isAbort } from './http/errors.ts';

/** Runs `step` in `span` and ends the span, after `beforeEnd`. Throws what the step throws. */
export async function inStepSpan<T>(span: Span, step: () => T, beforeEnd: () => void = () => {}): Promise<Awaited<T>> {
  try {
    return await context.with(contextWith(span), step);
  } catch (error) {
    if (error instanceof HttpError || isAbort(error)) {
      addSpanEvent(span, 'raised', { [ATTR_RAISED]: `${error.name}: ${error.message}` });
    } else failSpan(span, errorType(error), error);
    throw error;
  } finally {
    beforeEnd();
    endSpan(span);
  }
}
