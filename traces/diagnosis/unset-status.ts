// Spans that failed and do not say so by their status.

import { SpanKind } from '@opentelemetry/api';
import { httpStatus } from '../conventions.ts';
import type { TraceSpan } from '../model.ts';
import { byService, type Check, countSpans, finding } from './finding.ts';

const RULE = {
  text: 'When the operation ends with an error, instrumentation SHOULD set the span status code to Error and SHOULD set the error.type attribute.',
  url: 'https://opentelemetry.io/docs/specs/semconv/general/recording-errors/',
};

export const unsetStatus: Check = ({ tree: { nodes } }) =>
  [...byService(nodes.filter(({ span }) => showsFailure(span) && span.status === 'unset'))].map(([service, spans]) =>
    finding({
      kind: 'unset-status',
      hop: service,
      message: `${countSpans(spans)} of ${service} failed (${reasonOf(spans[0] as TraceSpan)}), but ${spans.length === 1 ? 'its status is' : 'their status is'} unset: searches for errors and error rates do not count ${spans.length === 1 ? 'it' : 'them'}.`,
      spans,
      repair: 'Call setStatus({ code: ERROR }) where the error is handled; recordException alone does not set it.',
      rule: RULE,
    }),
  );

/** A server answers 4xx rightly: only for the client that is an error. */
function showsFailure({ attributes, kind }: TraceSpan): boolean {
  const status = httpStatus(attributes);
  if (status !== null && kind === SpanKind.CLIENT) return status >= 400;
  if (status !== null && kind === SpanKind.SERVER) return status >= 500;
  return attributes['error.type'] !== undefined;
}

function reasonOf({ attributes }: TraceSpan): string {
  const status = httpStatus(attributes);
  return status === null ? `error.type ${String(attributes['error.type'])}` : `status ${status}`;
}
