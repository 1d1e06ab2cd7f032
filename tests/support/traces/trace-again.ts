// A recorded trace, traced again by OpenTelemetry's SDK with faults of the telemetry of its services: each service has a provider
// of its own, and the context goes from one to the next as in the lab.

import {
  type Attributes,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { hrTimeToMilliseconds } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  InMemorySpanExporter,
  type ReadableSpan,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { ATTR_DNS_MESSAGE_QUERY, ATTR_HTTP_REQUEST_HEAD } from '../../../otel/contract/names.ts';
import { addSpanEvent } from '../../../otel/event.ts';
import { exportingProcessor, limitsOf, samplerOf } from '../../../otel/faults/apply.ts';
import { carriers } from '../../../otel/faults/carriers.ts';
import { withFaults } from '../../../otel/faults/processors.ts';
import { createPropagator } from '../../../otel/faults/propagator.ts';
import { DEFAULTS, type TelemetryValues } from '../../../otel/faults/table.ts';
import { decodeTraceOption, traceOptions } from '../../../otel/propagation/dns.ts';
import { FLAGS, type TraceSpan, type Values } from '../../../traces/model.ts';
import { endOf } from '../../../traces/segments.ts';

export type FaultsByService = Record<string, Partial<TelemetryValues>>;

const RECEIVER = 'http://127.0.0.1:1';

/** Where the spans of all processes arrive, and the ids of what is begun next. */
type Shared = { exporter: InMemorySpanExporter; since: number; traceId: () => string; spanId: string };

/** Records `spans` (one trace, in the order of start) again; resolves with the function that returns what has been exported. */
export async function traceAgain(spans: readonly TraceSpan[], faults: FaultsByService, since = 0) {
  let traces = 0;
  const traceId = () => (traces++).toString(16).padStart(32, 'c');
  const shared: Shared = { exporter: new InMemorySpanExporter(), since, traceId, spanId: '' };
  const processes = new Map<string, Process>();
  for (const { service, resource } of spans) {
    if (processes.has(service)) continue;
    processes.set(service, await startProcess(resource, { ...DEFAULTS, ...faults[service] }, shared));
  }
  const open = new Map<string, Recorded>();
  const endUntil = (time: number) => {
    const due = [...open.values()].filter(({ recorded }) => endOf(recorded) <= time);
    for (const { span, recorded } of due.sort((a, b) => endOf(a.recorded) - endOf(b.recorded))) {
      if (recorded.status === 'error') span.setStatus({ code: SpanStatusCode.ERROR });
      if (span.isRecording()) span.end(endOf(recorded));
    }
  };
  for (const recorded of spans) {
    endUntil(recorded.start);
    const own = processes.get(recorded.service) as Process;
    const parent = open.get(recorded.parentSpanId ?? '');
    const caller = parent && processes.get(parent.recorded.service);
    const isBehindRouter =
      recorded.service === 'router' && [...open.values()].some((each) => each.recorded.service === 'router');
    const received =
      parent === undefined || caller === undefined
        ? { context: ROOT_CONTEXT, attributes: {} }
        : carry(parent, recorded, [...(isBehindRouter ? [caller, own] : [caller])], own);
    shared.spanId = recorded.spanId;
    const { name, kind, start: startTime } = recorded;
    const span = own.tracer.startSpan(name, { kind, startTime }, received.context);
    span.setAttributes({ ...recorded.attributes, ...received.attributes } as Attributes);
    for (const { name, attributes, time } of recorded.events) addSpanEvent(span, name, attributes as Attributes, time);
    open.set(recorded.spanId, { span, recorded });
  }
  endUntil(Number.POSITIVE_INFINITY);
  return () =>
    shared.exporter
      .getFinishedSpans()
      .map(traceSpanOf)
      .sort((a, b) => a.start - b.start);
}

type Process = Awaited<ReturnType<typeof startProcess>>;
type Recorded = { span: Span; recorded: TraceSpan };

/** The context of `receiver`, a child of `caller`, and what it records of the carrier; `senders`: the processes that write that. */
function carry(caller: Recorded, receiver: TraceSpan, senders: Process[], own: Process) {
  const context = trace.setSpan(ROOT_CONTEXT, caller.span);
  const isQuery = receiver.service === 'dns' && receiver.kind === SpanKind.SERVER;
  if (caller.recorded.service === receiver.service && !isQuery) return { context, attributes: {} };
  const { values } = own;
  if (receiver.service === 'dns' || receiver.service === 'router') {
    const isCarried = senders.every((each) => (isQuery ? !each.values.option : !each.values.field));
    Object.assign(carriers, { hasOption: isCarried, isRead: !values.newTrace });
    const [option] = traceOptions(caller.span.spanContext());
    const received = decodeTraceOption(option?.data);
    Object.assign(carriers, { hasOption: true, isRead: true });
    return { context: received, attributes: isQuery ? { [ATTR_DNS_MESSAGE_QUERY]: option ? 'ffdc001b' : '0000' } : {} };
  }
  const headers: Record<string, string> = {};
  for (const { propagator } of senders) propagator.inject(context, headers, defaultTextMapSetter);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return {
    context: own.propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter),
    attributes: { [ATTR_HTTP_REQUEST_HEAD]: ['GET / HTTP/1.1', ...lines, ''].join('\r\n') },
  };
}

async function startProcess(resource: Values, values: TelemetryValues, shared: Shared) {
  const { exporter, since, traceId } = shared;
  const exporting =
    exportingProcessor(values.exports, exporter, RECEIVER) ??
    new BatchSpanProcessor({ exporter, scheduledDelayMillis: 40 });
  const provider = new TracerProvider({
    resource: resourceFromAttributes(resource as Attributes),
    sampler: samplerOf(values) ?? new AlwaysOnSampler(),
    spanLimits: limitsOf(values),
    spanProcessors: [withFaults(exporting, values, since)],
    idGenerator: { generateSpanId: () => shared.spanId, generateTraceId: traceId },
  });
  return { values, tracer: provider.getTracer('waybill'), propagator: await createPropagator(values) };
}

function traceSpanOf(span: ReadableSpan): TraceSpan {
  const { traceId, spanId, traceFlags } = span.spanContext();
  const { parentSpanContext: parent, status, droppedAttributesCount: attributes, droppedEventsCount: events } = span;
  const isError = status.code === SpanStatusCode.ERROR;
  const dropped = { attributes, events, links: span.droppedLinksCount };
  const resource = span.resource.attributes as Values;
  return {
    ...{ traceId, spanId, parentSpanId: parent?.spanId ?? null, service: String(resource['service.name']) },
    ...{ scope: span.instrumentationScope.name, name: span.name, kind: span.kind, resource },
    start: hrTimeToMilliseconds(span.startTime),
    duration: hrTimeToMilliseconds(span.duration),
    attributes: span.attributes as Values,
    events: span.events.map(({ name, time, attributes }) => ({
      name,
      time: hrTimeToMilliseconds(time),
      attributes: (attributes ?? {}) as Values,
    })),
    links: [],
    status: isError ? 'error' : 'unset',
    error: isError ? '' : null,
    flags: traceFlags | FLAGS.hasIsRemote | (parent?.isRemote ? FLAGS.isRemote : 0),
    ...(Object.values(dropped).some(Boolean) && { dropped }),
  };
}
