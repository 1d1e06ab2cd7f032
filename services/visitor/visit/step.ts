// What the steps of a visit share: the target, and the span that times a step.

import { type Context, context, type Span } from '@opentelemetry/api';
import { contextWith, endSpan, failSpan } from '../../../otel/span.ts';
import { VisitFailure } from '../errors.ts';

/** Where a visit goes: its address, the host of that without a final dot (`tatis.test.` is the same name), and its port. */
export type Target = { url: URL; name: string; port: number; isTls: boolean };

/** Runs one step in its span, and ends the span. A VisitFailure is an outcome: it sets `error.type`, but adds no exception event. */
export async function inStep<S extends Span, T>(span: S, parent: Context, run: (span: S) => Promise<T>): Promise<T> {
  try {
    return await context.with(contextWith(span, parent), run, undefined, span);
  } catch (error) {
    if (error instanceof VisitFailure) failSpan(span, error.code);
    throw error;
  } finally {
    endSpan(span);
  }
}
