// A service that should have answered a call, and left no span: by the contract, or by what other traces of the same route have.

import { SpanKind } from '@opentelemetry/api';
import type { TraceSpan } from '../model.ts';
import { expectedAnswers, hasSucceeded, nextRouter } from './calls.ts';
import { type Check, finding, labelOf } from './finding.ts';
import { EXPORT_RULE } from './not-sampled.ts';
import { callKey, type Neighbours } from './outline.ts';

/** How many traces of the same route must agree, where the contract does not say. */
const MIN_ALIKE = 2;

export const missingService: Check = ({ tree: { nodes }, unanswered, neighbours, found }) => {
  const own = nodes[0]?.span.traceId;
  const present = new Set(nodes.map(({ span }) => span.service));
  // A service that began a trace of its own on purpose links to this one.
  for (const { links, service, traceId } of neighbours.near.flatMap(({ tops }) => tops)) {
    if (traceId !== own && links.some((link) => link.traceId === own)) present.add(service);
  }
  const lost = found.filter(({ kind }) => kind === 'context-lost').flatMap(({ evidence }) => evidence);
  const explained = new Set(lost.map(({ spanId }) => spanId));
  const calls = unanswered.filter(
    (call) => call.kind !== SpanKind.PRODUCER && hasSucceeded(call) && !explained.has(call.spanId),
  );
  return [...Map.groupBy(calls, (call) => expectedService(call, neighbours))].flatMap(([service, spans]) => {
    if (service === undefined || present.has(service)) return [];
    const whole = neighbours.alike.filter(({ answered }) => answered.some((each) => each.service === service));
    const last = whole.reduce((latest, { start }) => Math.max(latest, start), 0);
    const [call] = spans as [TraceSpan];
    const others =
      neighbours.alike.length === 0 || nextRouter(call) !== undefined
        ? ''
        : ` ${whole.length} of ${neighbours.alike.length} other traces of this route have spans of ${service}${last > 0 ? `, the last from ${timeOf(last)}` : ''}.`;
    return [
      finding({
        kind: 'missing-service',
        hop: service,
        message: `The call ${labelOf(call)} was answered, but no span of ${service} arrived.${others}`,
        spans,
        repair: `Look at the exporter of ${service}: is it on, can it reach its receiver, is its queue large enough (OTEL_BSP_MAX_QUEUE_SIZE), was the process killed before it flushed? Does a collector sample at the tail without seeing whole traces? If ${service} samples by itself, wrap its sampler in ParentBased.`,
        rule: EXPORT_RULE,
      }),
    ];
  });
};

function expectedService(call: TraceSpan, { alike }: Neighbours): string | undefined {
  const router = nextRouter(call);
  if (router !== undefined) return `router ${router}`;
  const [expected] = expectedAnswers(call);
  if (expected !== undefined) return expected.service;
  const key = callKey(call);
  const services = alike.flatMap(({ answered }) =>
    answered.filter((each) => each.call === key).map(({ service }) => service),
  );
  const [first] = services;
  return services.length >= MIN_ALIKE && services.every((each) => each === first) ? first : undefined;
}

function timeOf(moment: number): string {
  return new Date(moment).toISOString().slice(11, 19);
}
