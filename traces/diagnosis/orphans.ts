// Spans whose parent is not in the trace. A trace that begins at one server, called by a program outside, is whole.

import { SpanKind } from '@opentelemetry/api';
import { findSpec } from '../../otel/contract/index.ts';
import { isIncoming } from '../conventions.ts';
import { FLAGS, type TraceSpan } from '../model.ts';
import type { SpanNode } from '../tree.ts';
import { expectedCaller } from './calls.ts';
import { type Check, countSpans, finding, hopsOf } from './finding.ts';
import type { Neighbours } from './outline.ts';
import { callerIsSampled } from './received-context.ts';

const RULE = {
  text: 'Any span that is created MUST also be ended. This is the responsibility of the user.',
  url: 'https://opentelemetry.io/docs/specs/otel/trace/api/#span-creation',
};

export const orphans: Check = ({ tree: { roots, nodes }, neighbours, found }) => {
  const all = roots.filter(({ orphan }) => orphan);
  if (all.length === 0 || (roots.length === 1 && isEntry(roots[0] as SpanNode))) return [];
  const present = new Set(nodes.map(({ span }) => span.service));
  const missing = hopsOf(found, 'missing-service');
  const torn = nodes.some(({ span }) => span.attributes['error.type'] === 'worker_lost');
  const groups = Map.groupBy(
    all.map(({ span }) => span).filter(({ service }) => !(torn && service === 'app')),
    (span) => callerOf(span, neighbours) ?? null,
  );
  return [...groups]
    .filter(([caller]) => caller === null || !missing.has(caller))
    .map(([caller, spans]) => lost(caller, spans, present));
};

function lost(caller: string | null, spans: readonly TraceSpan[], present: ReadonlySet<string>) {
  const [first] = spans as [TraceSpan];
  const parents = new Set(spans.map(({ parentSpanId }) => parentSpanId)).size;
  const names = `${countSpans(spans)} ${spans.length === 1 ? 'names a parent that is' : `name ${parents === 1 ? 'a parent that is' : 'parents that are'}`} not in the trace`;
  const unsampled = spans.find((span) => callerIsSampled(span) === false);
  if (unsampled) {
    return finding({
      kind: 'orphans',
      hop: caller === null ? unsampled.service : `${caller} → ${unsampled.service}`,
      message: `${names}: the caller is not sampled (traceparent ends in 00), but ${unsampled.service} recorded its spans.`,
      spans,
      repair: `Wrap the sampler of ${unsampled.service} in ParentBased (OTEL_TRACES_SAMPLER=parentbased_always_on).`,
      rule: {
        text: 'The TraceIdRatioBased MUST ignore the parent SampledFlag. To respect the parent SampledFlag, the TraceIdRatioBased should be used as a delegate of the ParentBased sampler.',
        url: 'https://opentelemetry.io/docs/specs/otel/trace/sdk/#traceidratiobased',
      },
    });
  }
  const isWhole = caller !== null && !present.has(caller);
  const which =
    caller === null ? '' : isWhole ? `: no span of ${caller} arrived` : `: a span of ${caller} did not arrive`;
  return finding({
    kind: 'orphans',
    hop: caller ?? first.service,
    message: `${names}${which}.`,
    spans,
    repair: isWhole
      ? `Look at the exporter of ${caller}: is it on, can it reach its receiver, was the process killed before it flushed? Does a collector sample at the tail without seeing whole traces? If ${caller} is not sampled, its callees must not be either (ParentBased).`
      : `Check that ${caller ?? 'the caller'} ends every span, also when an error is thrown, that its export queue is large enough (OTEL_BSP_MAX_QUEUE_SIZE), and that it flushes before it exits. A trace that still arrives is whole in a moment.`,
    rule: RULE,
  });
}

/** Whether it is where a request from outside enters: its parent belongs to a program that does not send its spans here. */
function isEntry({ span }: SpanNode): boolean {
  return (isIncoming(span) || findSpec(span)?.parents.includes('root') === true) && callerIsSampled(span) !== false;
}

/** The service of the missing parent: by the flags of the span, the contract, or other traces of the route. */
function callerOf(span: TraceSpan, { alike }: Neighbours): string | undefined {
  const { flags = 0, service } = span;
  if ((flags & FLAGS.hasIsRemote) !== 0 && (flags & FLAGS.isRemote) === 0) return service;
  const expected = expectedCaller(span);
  if (expected !== undefined) return expected;
  if (span.kind === SpanKind.INTERNAL || span.kind === SpanKind.CLIENT)
    return (flags & FLAGS.isRemote) === 0 ? service : undefined;
  return alike.flatMap(({ answered }) => answered).find((each) => each.service === service)?.caller;
}
