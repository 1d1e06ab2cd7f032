// Traces in Jaeger's old JSON, which its page and Grafana's data source read: spans with tags and logs, times in µs, and
// a table of processes (services). Made from OTLP as Jaeger makes it, and written piece by piece.

import type { AnyValue, KeyValue, Scope, Span, SpanEvent } from '../../../traces/otlp/types.ts';
import { valueText } from '../otlp/value-text.ts';
import { countSpans, type PlacedSpan, spansIn } from '../storage/assemble.ts';
import { KINDS } from '../storage/match.ts';
import type { StoredTrace } from '../storage/storage.ts';
import { comma } from './otlp-json.ts';

type Tag = { key: string; type: string; value: unknown };
type Process = { serviceName: string; tags: Tag[] };

/** The pieces of the JSON of one trace. */
export function* oldJson(trace: StoredTrace): Generator<string> {
  const processes = new Map<string, { id: string; process: Process }>();
  const idOf = ({ service, resource }: PlacedSpan) => {
    const others = resource.attributes?.filter(({ key }) => key !== 'service.name');
    const process = { serviceName: service, tags: tags(others) };
    const key = JSON.stringify(process);
    const known = processes.get(key) ?? { id: `p${processes.size + 1}`, process };
    processes.set(key, known);
    return known.id;
  };
  yield `{"traceID":"${shortId(trace.traceId)}","spans":[`;
  let index = 0;
  for (const placed of spansIn(trace)) {
    yield comma(index++) + JSON.stringify(oldSpan(placed.span, placed.scope, idOf(placed)));
  }
  const table = Object.fromEntries([...processes.values()].map(({ id, process }) => [id, process]));
  const shown = countSpans(trace);
  const warnings = shown < trace.spanCount ? [`shows ${shown} of ${trace.spanCount} spans`] : null;
  yield `],"processes":${JSON.stringify(table)},"warnings":${JSON.stringify(warnings)}}`;
}

function oldSpan(span: Span, scope: Scope, processID: string) {
  const { traceId, spanId, name = '', startTimeUnixNano = '0', endTimeUnixNano = '0' } = span;
  const start = BigInt(startTimeUnixNano);
  return {
    traceID: shortId(traceId),
    spanID: spanId,
    operationName: name,
    references: references(span),
    startTime: Number(start / 1000n),
    duration: Math.max(0, Number((BigInt(endTimeUnixNano) - start) / 1000n)),
    tags: [...scopeTags(scope), ...tags(span.attributes), ...spanTags(span)],
    logs: (span.events ?? []).map(log),
    processID,
    warnings: null,
  };
}

function references({ traceId, parentSpanId, links = [] }: Span) {
  const parent = parentSpanId ? [{ refType: 'CHILD_OF', traceID: shortId(traceId), spanID: parentSpanId }] : [];
  const linked = links.map(({ traceId: traceID = '', spanId: spanID = '', attributes }) => {
    const type = attributes?.find(({ key }) => key === 'opentracing.ref_type')?.value?.stringValue;
    return { refType: type === 'child_of' ? 'CHILD_OF' : 'FOLLOWS_FROM', traceID: shortId(traceID), spanID };
  });
  const isParent = (link: (typeof linked)[number]) => link.traceID === shortId(traceId) && link.spanID === parentSpanId;
  // A link to the parent has its reference type.
  return [...parent.map((own) => linked.findLast(isParent) ?? own), ...linked.filter((link) => !isParent(link))];
}

/** The old JSON leaves out the upper half of a trace id when it is 0. */
function shortId(traceId: string): string {
  return traceId.replace(/^0{16}(?=.{16})/, '');
}

function scopeTags({ name, version }: Scope): Tag[] {
  return [...textTag('otel.scope.name', name), ...textTag('otel.scope.version', version)];
}

function spanTags({ kind = 0, status: { code, message }, traceState }: Span): Tag[] {
  return [
    ...textTag('span.kind', KINDS[kind]),
    ...textTag('otel.status_code', code === 2 ? 'ERROR' : code === 1 ? 'OK' : undefined),
    ...(code === 2 ? [{ key: 'error', type: 'bool', value: true }] : []),
    ...textTag('otel.status_description', message),
    ...textTag('w3c.tracestate', traceState),
  ];
}

function textTag(key: string, value: string | undefined): Tag[] {
  return value ? [{ key, type: 'string', value }] : [];
}

function log({ timeUnixNano = '0', name, attributes = [] }: SpanEvent) {
  const named = attributes.some(({ key }) => key === 'event');
  return {
    timestamp: Number(BigInt(timeUnixNano) / 1000n),
    fields: [...(named ? [] : textTag('event', name)), ...tags(attributes)],
  };
}

function tags(attributes: KeyValue[] = []): Tag[] {
  return attributes.map(({ key = '', value }) => ({ key, ...typed(value) }));
}

function typed(value: AnyValue = {}): Omit<Tag, 'key'> {
  if (value.boolValue !== undefined) return { type: 'bool', value: value.boolValue };
  if (value.doubleValue !== undefined) return { type: 'float64', value: value.doubleValue };
  if (value.bytesValue !== undefined) return { type: 'binary', value: value.bytesValue };
  if (value.intValue === undefined) return { type: 'string', value: valueText(value) };
  // Beyond 2^53 a browser would read another number, so Jaeger writes those as text.
  const integer = Number(value.intValue);
  return { type: 'int64', value: Number.isSafeInteger(integer) ? integer : value.intValue };
}
