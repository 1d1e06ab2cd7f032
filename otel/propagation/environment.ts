// Trace context from a process to its children: environment variables as the carrier,
// https://opentelemetry.io/docs/specs/otel/context/env-carriers/ (the names of the fields in capitals: TRACEPARENT).

import { type Context, propagation, ROOT_CONTEXT } from '@opentelemetry/api';

/** The variables that hand `context` to a child process; none where it has no span. */
export function contextVariables(context: Context): Record<string, string> {
  const carrier: Record<string, string> = {};
  propagation.inject(context, carrier);
  return Object.fromEntries(Object.entries(carrier).map(([name, value]) => [name.toUpperCase(), value]));
}

/** The context that this process was started in; a context without a span where it was handed none, or a malformed one. */
export function inheritedContext(environment: NodeJS.ProcessEnv): Context {
  const { TRACEPARENT: traceparent, TRACESTATE: tracestate } = environment;
  return propagation.extract(ROOT_CONTEXT, { traceparent, tracestate });
}
