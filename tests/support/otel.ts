// For tests alone: keeps the spans of this process in memory, as the traces that a reader sees.

import type { Span } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';

/** Finished spans of this process: `all`, and `clear` to forget them. */
export type Recorded = { all: () => ReadableSpan[]; named: (name: string) => ReadableSpan[]; clear: () => void };

/** Of this process, which may run several files of tests: OpenTelemetry takes one provider only. */
let exporter: InMemorySpanExporter | undefined;

/** Registers a tracer provider, context manager and propagator whose spans stay in memory. Call it once a test file. */
export function recordSpans(): Recorded {
  exporter ??= register();
  const kept = exporter;
  kept.reset();
  const all = () => kept.getFinishedSpans();
  return { all, named: (name) => all().filter((span) => span.name === name), clear: () => kept.reset() };
}

function register(): InMemorySpanExporter {
  const exporter = new InMemorySpanExporter();
  const sdk = new NodeSDK({
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
    autoDetectResources: false,
  });
  sdk.start();
  return exporter;
}

/** Random whole numbers from 0 up to `below`, the same in every run with the same `seed` (a linear congruential generator). */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below); // the high bits: the low ones are the weak ones
  };
}

/** The finished spans right below `parent`, in the order of their start. */
export function childrenOf(parent: Pick<Span, 'spanContext'>, spans: ReadableSpan[]): ReadableSpan[] {
  const { spanId } = parent.spanContext();
  return spans.filter((span) => span.parentSpanContext?.spanId === spanId);
}
