// The propagator of a process, with faults: what it writes into the headers of a request, and what it reads there.

import {
  type Context,
  isSpanContextValid,
  propagation,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from '@opentelemetry/api';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import type { TelemetryValues } from './table.ts';

const LEAKED = { 'user.email': { value: 'ada@example.com' } };
const w3c = new W3CTraceContextPropagator();
const NOTHING: TextMapPropagator = { inject() {}, extract: (context) => context, fields: () => w3c.fields() };

/** OpenTelemetry's own where `values` have no fault of the context. */
export async function createPropagator(values: TelemetryValues): Promise<TextMapPropagator> {
  const { context, newTrace, baggage } = values;
  const sent = context === 'w3c' ? w3c : await FAULTY[context as keyof typeof FAULTY]();
  // What it sends is wrong, what it receives is still read.
  const traceContext: TextMapPropagator = {
    inject: sent.inject.bind(sent),
    extract: newTrace ? NOTHING.extract : w3c.extract.bind(w3c),
    fields: () => [...new Set([...w3c.fields(), ...sent.fields()])],
  };
  return new CompositePropagator({
    propagators: [traceContext, baggage ? leakyBaggage() : new W3CBaggagePropagator()],
  });
}

const FAULTY = {
  dropped: () => NOTHING,
  malformed: () => ({ ...NOTHING, inject: injectMalformed }),
  b3: async () => new (await import('@opentelemetry/propagator-b3')).B3Propagator(),
};

function injectMalformed(context: Context, carrier: unknown, setter: TextMapSetter): void {
  const span = trace.getSpanContext(context);
  if (span && isSpanContextValid(span)) setter.set(carrier, 'traceparent', `00-${span.traceId.slice(0, 16)}-01`);
}

function leakyBaggage(): TextMapPropagator {
  const own = new W3CBaggagePropagator();
  return {
    inject(context: Context, carrier: unknown, setter: TextMapSetter) {
      const baggage = propagation.getBaggage(context)?.getAllEntries() ?? [];
      const leaking = propagation.createBaggage({ ...Object.fromEntries(baggage), ...LEAKED });
      own.inject(propagation.setBaggage(context, leaking), carrier, setter);
    },
    extract: (context: Context, carrier: unknown, getter: TextMapGetter) => own.extract(context, carrier, getter),
    fields: () => own.fields(),
  };
}
