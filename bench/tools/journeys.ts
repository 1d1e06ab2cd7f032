// Exports for the store's bench: journeys of the lab itself (journeys.json), again and again, each with its own id and times.
// As in the lab, a service sends the spans of several journeys in one batch.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { encodeObject } from '../../services/store/otlp/encode.ts';
import { MESSAGES } from '../../services/store/otlp/message.ts';
import type { ResourceSpans, Span } from '../../traces/otlp/types.ts';

/** One export: its body, and the spans and traces in it. */
export type Export = { body: Buffer; spans: number; traceIds: string[] };

export type Format = 'protobuf' | 'json';

/** A static journey ends at the proxy, a dynamic one crosses the lab; one in ten is dynamic. */
const journeys = JSON.parse(readFileSync(new URL('journeys.json', import.meta.url), 'utf8')) as {
  static: ResourceSpans[];
  dynamic: ResourceSpans[];
};

const FIRST_NS = 1_790_000_000_000_000_000n;
const APART_NS = 10_000_000n;
const TRACES_A_BATCH = 40;

/** Exports of `traces` journeys; journey `first` starts at `startOf(first)`, the next 10 ms later. */
export function* exportsOf(traces: number, format: Format, first = 0): Generator<Export> {
  for (let from = 0; from < traces; from += TRACES_A_BATCH) {
    const services = new Map<string, { resourceSpans: ResourceSpans; traceIds: Set<string>; count: number }>();
    for (let index = from; index < Math.min(traces, from + TRACES_A_BATCH); index++)
      addJourney(services, first + index);
    for (const { resourceSpans, traceIds, count } of services.values()) {
      const data = { resourceSpans: [resourceSpans] };
      const body = format === 'json' ? Buffer.from(JSON.stringify(data)) : encodeObject(MESSAGES.TracesData, data);
      yield { body, spans: count, traceIds: [...traceIds] };
    }
  }
}

/** When journey number `index` starts, in ns since 1970. */
export function startOf(index: number): bigint {
  return FIRST_NS + BigInt(index) * APART_NS;
}

type Services = Map<string, { resourceSpans: ResourceSpans; traceIds: Set<string>; count: number }>;

function addJourney(services: Services, index: number): void {
  const template = index % 10 === 0 ? journeys.dynamic : journeys.static;
  const traceId = randomBytes(16).toString('hex');
  const began =
    template.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(start))).sort()[0] ?? 0n;
  const slower = BigInt(1 + (index % 97));
  const at = (time = '0') => String(startOf(index) + (BigInt(time) - began) * slower);
  for (const { resource, scopeSpans } of template) {
    const key = JSON.stringify(resource);
    const known = services.get(key) ?? { resourceSpans: { resource, scopeSpans: [] }, traceIds: new Set(), count: 0 };
    services.set(key, known);
    known.traceIds.add(traceId);
    for (const [position, { scope, spans }] of scopeSpans.entries()) {
      known.resourceSpans.scopeSpans[position] ??= { scope, spans: [] };
      for (const span of spans) {
        known.resourceSpans.scopeSpans[position].spans.push({
          ...span,
          traceId,
          startTimeUnixNano: at(span.startTimeUnixNano),
          endTimeUnixNano: at(span.endTimeUnixNano),
          ...(span.events && {
            events: span.events.map((event) => ({ ...event, timeUnixNano: at(event.timeUnixNano) })),
          }),
        });
        known.count++;
      }
    }
  }
}

function start({ startTimeUnixNano = '0' }: Span): bigint {
  return BigInt(startTimeUnixNano);
}
