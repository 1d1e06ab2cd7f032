// Spans of other programs, by OpenTelemetry's conventions: where they stand on the map, and what their time is spent on.

import { SpanKind } from '@opentelemetry/api';
import { tracedServices } from '../otel/contract/services.ts';
import type { Stage } from '../otel/contract/stages.ts';
import type { StopId } from '../otel/contract/stops.ts';
import { isDatabaseCall } from './conventions.ts';
import type { TraceSpan } from './model.ts';

/** The stop of a span that the contract does not know; undefined: that of the span above it. */
export function foreignStop({ service, kind, attributes }: TraceSpan): StopId | undefined {
  if (isDatabaseCall(attributes)) return 'database';
  const isServer = kind === SpanKind.SERVER || kind === SpanKind.CONSUMER;
  return isServer && !tracedServices.has(service) ? 'worker' : undefined;
}

/** The stage of such a span. */
export function foreignStage({ service, kind, attributes }: TraceSpan): Stage {
  if (isDatabaseCall(attributes)) return 'database';
  const own = tracedServices.get(service)?.stage;
  if (own !== undefined) return own;
  return kind === SpanKind.CLIENT || kind === SpanKind.PRODUCER ? 'remote' : 'other';
}
