// A step that a middleware or a view does, in its span. Answers that it gives by throwing are outcomes, and so is the end by a
// signal (nobody waits any more): the trace shows them as an event, not in red. Anything else that is thrown is a failure.

import { context, type Span } from '@opentelemetry/api';
import { ATTR_RAISED } from '../../../otel/contract/names.ts';
import { addSpanEvent } from '../../../otel/event.ts';
import { contextWith, endSpan, errorType, failSpan } from '../../../otel/span.ts';
import { HttpError, isAbort } from './http/errors.ts';

/** Does `step` in `span` and ends it; `before` is called just before that. Throws what the step throws. */
export async function inStepSpan<T>(span: Span, step: () => T, before: () => void = () => {}): Promise<Awaited<T>> {
  try {
    return await context.with(contextWith(span), step);
  } catch (error) {
    if (error instanceof HttpError || isAbort(error)) {
      addSpanEvent(span, 'raised', { [ATTR_RAISED]: `${error.name}: ${error.message}` });
    } else failSpan(span, errorType(error), error);
    throw error;
  } finally {
    before();
    endSpan(span);
  }
}
