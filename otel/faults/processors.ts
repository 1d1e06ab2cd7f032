// Span processors with faults. They stand before the one that exports, and change, delay or leave out the spans that have ended.

import { type Context, type HrTime, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { hrTimeToMilliseconds, millisToHrTime } from '@opentelemetry/core';
import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions';
import type { TelemetryValues } from './table.ts';

const LATE_MS = 5000;
const SLOW_MS = 500;
/** Until a response has left the process. */
const KILL_AFTER_MS = 5;
/** The exit code of a process that SIGKILL has ended. */
const KILLED = 137;
/** Traces whose decision a tail sampler remembers. */
const MAX_TRACES = 1000;

/** A span as it is exported: another one, or undefined where it is not. */
type Change = (span: ReadableSpan) => ReadableSpan | undefined;
type OnEnd = (span: ReadableSpan) => void;

/** The processor that a process has: faults replace `current`, which is `own` while none is set. */
export class SwitchedProcessor implements SpanProcessor {
  readonly own: SpanProcessor;
  current: SpanProcessor;

  constructor(own: SpanProcessor) {
    this.own = own;
    this.current = own;
  }
  onStart(span: Span, context: Context): void {
    this.current.onStart(span, context);
  }
  onEnd(span: ReadableSpan): void {
    this.current.onEnd(span);
  }
  forceFlush = () => this.current.forceFlush();
  shutdown = () => this.current.shutdown();
}

/** `exporting` with the faults in `values` before it; itself where these have none of spans that have ended. `since`: ms since 1970. */
export function withFaults(exporting: SpanProcessor, values: TelemetryValues, since: number): SpanProcessor {
  const changes = changesOf(values, since);
  const steps: ((next: OnEnd) => OnEnd)[] = [
    ...(values.tail ? [sampleAtTail] : []),
    ...(changes.length > 0 ? [changing(changes)] : []),
    ...(values.exports === 'late' ? [late] : []),
    ...(values.exports === 'killed' ? [killing] : []),
  ];
  if (steps.length === 0) return exporting;
  const onEnd = steps.reduceRight<OnEnd>(
    (next, step) => step(next),
    (span) => exporting.onEnd(span),
  );
  return {
    onStart: (span, context) => exporting.onStart(span, context),
    onEnd,
    forceFlush: () => exporting.forceFlush(),
    shutdown: () => exporting.shutdown(),
  };
}

function changesOf({ unended, clock, drift, serviceName, names, status }: TelemetryValues, since: number): Change[] {
  const shift = (time: HrTime): HrTime => {
    const at = hrTimeToMilliseconds(time);
    return millisToHrTime(at + clock + (drift * Math.max(0, at - since)) / 1000);
  };
  return [
    ...(unended ? [(span: ReadableSpan) => (isEntry(span) ? undefined : span)] : []),
    ...(clock !== 0 || drift !== 0
      ? [
          (span: ReadableSpan) =>
            changed(span, {
              startTime: shift(span.startTime),
              endTime: shift(span.endTime),
              events: span.events.map((event) => ({ ...event, time: shift(event.time) })),
            }),
        ]
      : []),
    ...(serviceName ? [nameless()] : []),
    ...(names ? [(span: ReadableSpan) => changed(span, { name: `${span.name} ${span.spanContext().spanId}` })] : []),
    ...(status ? [(span: ReadableSpan) => changed(span, { status: { code: SpanStatusCode.UNSET } })] : []),
  ];
}

const changing = (changes: Change[]) => (next: OnEnd) => (span: ReadableSpan) => {
  const result = changes.reduce<ReadableSpan | undefined>((each, change) => each && change(each), span);
  if (result) next(result);
};

function changed(span: ReadableSpan, changes: Partial<ReadableSpan>): ReadableSpan {
  const own = Object.entries(changes).map(([name, value]) => [name, { value, enumerable: true }]);
  return Object.create(span, Object.fromEntries(own)) as ReadableSpan;
}

/** Whether it is the first span of its process in a request. */
function isEntry({ parentSpanContext: parent }: ReadableSpan): boolean {
  return parent === undefined || parent.isRemote === true;
}

/** The SDK's own name for a service without one; all spans of a process share one resource. */
function nameless(): Change {
  let resource: Resource | undefined;
  return (span) => {
    const attributes = { ...span.resource.attributes, [ATTR_SERVICE_NAME]: 'unknown_service:node' };
    resource ??= defaultResource().merge(resourceFromAttributes(attributes));
    return changed(span, { resource });
  };
}

const late = (next: OnEnd) => (span: ReadableSpan) => void setTimeout(next, LATE_MS, span);

/** As kill -9 does, this leaves no time to export the last span of a request; those of warm-up requests are not sampled. */
const killing = (next: OnEnd) => (span: ReadableSpan) => {
  const isSampled = (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
  if (!isEntry(span) || !isSampled) return next(span);
  setTimeout(() => process.exit(KILLED), KILL_AFTER_MS);
};

/**
 * Decides about a trace when its first span in this process has ended. A tail sampler that is right stands where the spans of all
 * services arrive, such as in one collector: here each service sees its own part alone. It is made so because it then breaks traces
 * wherever these are stored, in a real Jaeger too.
 */
function sampleAtTail(next: OnEnd): OnEnd {
  const waiting = new Map<string, ReadableSpan[]>();
  return (span) => {
    const { traceId } = span.spanContext();
    const spans = [...(waiting.get(traceId) ?? []), span];
    waiting.set(traceId, spans);
    if (waiting.size > MAX_TRACES) waiting.delete(waiting.keys().next().value ?? '');
    if (!isEntry(span)) return;
    waiting.delete(traceId);
    if (spans.some(isWorthKeeping)) spans.forEach(next);
  };
}

function isWorthKeeping({ status, duration }: ReadableSpan): boolean {
  return status.code === SpanStatusCode.ERROR || hrTimeToMilliseconds(duration) >= SLOW_MS;
}
