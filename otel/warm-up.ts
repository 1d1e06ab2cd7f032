// The trace of warm-up requests, by which a process runs its own code before its first real request, whose trace would show
// compilation otherwise. Its spans are recorded, so that this code runs too, but not sampled: none is exported.

import { type Context, ROOT_CONTEXT, type SpanContext, TraceFlags, trace } from '@opentelemetry/api';
import { type Sampler, SamplingDecision } from '@opentelemetry/sdk-trace';

/** "warm-up" in ASCII. */
export const WARM_UP_TRACE_ID = '0000000000000000007761726d2d7570';

const SPAN_ID = '007761726d2d7570';
/** The parent of what they leave. */
export const WARM_UP_SPAN = { traceId: WARM_UP_TRACE_ID, spanId: SPAN_ID, traceFlags: TraceFlags.NONE, isRemote: true };

/** The context that warm-up requests carry. */
export function warmUpContext(): Context {
  return trace.setSpanContext(ROOT_CONTEXT, WARM_UP_SPAN);
}

let isActive = false;
let sampler: Sampler | undefined;

/** Lets `decisive` sample, a fault of the telemetry (faults/apply.ts); undefined: every trace is sampled. */
export function sampleBy(decisive: Sampler | undefined): void {
  sampler = decisive;
}

/** Samples every trace but the warm-up's, which is recorded only. */
export function createWarmUpSampler(): Sampler {
  isActive = true;
  return {
    shouldSample: (context, traceId, ...rest) => {
      if (traceId === WARM_UP_TRACE_ID) return { decision: SamplingDecision.RECORD };
      if (sampler !== undefined) return sampler.shouldSample(context, traceId, ...rest);
      return { decision: SamplingDecision.RECORD_AND_SAMPLED };
    },
    toString: () => 'WarmUpSampler',
  };
}

/** Whether a span's context is of a warm-up request, which counts in no metric and no log. */
export function isWarmUp(spanContext: SpanContext | undefined): boolean {
  return spanContext?.traceId === WARM_UP_TRACE_ID;
}

/** Whether this process has that sampler: not where OTEL_* variables ask for another. */
export function canWarmUp(): boolean {
  return isActive;
}
