// How long a request waited in the gateway's queue for a free worker, from its trace.

import { gateway } from '../../otel/contract/index.ts';
import { ATTR_QUEUE_DEPTH, ATTR_QUEUE_WAIT } from '../../otel/contract/names.ts';
import type { TraceSpan } from '../../traces/model.ts';
import { milliseconds } from './screen.ts';

/** The wait in ms, after a retry that of each attempt; -1 for a request that came to no queue. */
export function queueWaitOf(spans: readonly TraceSpan[]): number {
  const waits = queueSpans(spans).map(({ attributes }) => Number(attributes[ATTR_QUEUE_WAIT] ?? 0));
  return waits.reduce((a, b) => a + b, waits.length === 0 ? -1 : 0);
}

/** `waited 512.3 ms, 3 ahead`; empty for a request that came to no queue. */
export function drawQueueWait(spans: readonly TraceSpan[]): string {
  const [first] = queueSpans(spans);
  if (first === undefined) return '';
  return `waited ${milliseconds(queueWaitOf(spans))} ms, ${first.attributes[ATTR_QUEUE_DEPTH]} ahead`;
}

function queueSpans(spans: readonly TraceSpan[]): TraceSpan[] {
  return spans.filter(({ service, name }) => service === 'gateway' && name === gateway.queue.name);
}
