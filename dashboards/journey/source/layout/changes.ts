// What is different in a visit from the one before it, in words.

import { ATTR_HTTP_RESPONSE_STATUS_CODE } from '@opentelemetry/semantic-conventions';
import { texts } from '#texts/layout.ts';
import * as names from '../../../../otel/contract/names.ts';
import type { TraceSpan } from '../../../../traces/model.ts';
import { endOf } from '../../../../traces/segments.ts';
import { titleOf, valueText } from '../../../../traces/titles.ts';
import { duration } from './axis.ts';

/** Attributes whose change between two visits is worth a mention, where each visit has one such span. */
const COMPARED_ATTRIBUTES = [
  names.ATTR_DNS_CACHE,
  names.ATTR_ROUTER_NEXT_HOP,
  names.ATTR_TLS_RESUMED,
  names.ATTR_TLS_PROTOCOL_VERSION,
  names.ATTR_WORKER_ID,
  names.ATTR_QUEUE_WAIT,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
];
const MAX_SPANS = 4;

/** Sentences: spans that only one of the visits has, attributes with another value, and the time. Empty without spans. */
export function changesBetween(before: readonly TraceSpan[], now: readonly TraceSpan[]): string[] {
  if (before.length === 0 || now.length === 0) return [];
  const changes: string[] = [];
  const gone = onlyIn(before, now);
  const added = onlyIn(now, before);
  if (gone.length > 0) changes.push(texts.gone(listed(gone)));
  if (added.length > 0) changes.push(texts.added(listed(added)));
  for (const attribute of COMPARED_ATTRIBUTES) {
    const [a, b] = [firstValue(before, attribute), firstValue(now, attribute)];
    if (a !== undefined && b !== undefined && a !== b) changes.push(`\`${attribute}\`: ${a} → ${b}.`);
  }
  const difference = lengthOf(now) - lengthOf(before);
  changes.push((difference < 0 ? texts.faster : texts.slower)(duration(Math.abs(difference))));
  return changes;
}

const keyOf = ({ service, name }: TraceSpan) => `${service} ${name}`;

/** The spans that `some` has more often than `others`, without those below such a span. */
function onlyIn(some: readonly TraceSpan[], others: readonly TraceSpan[]): string[] {
  const left = Map.groupBy(others, keyOf);
  const more = some.filter((span) => left.get(keyOf(span))?.pop() === undefined);
  const ids = new Set(more.map(({ spanId }) => spanId));
  return [...new Set(more.filter(({ parentSpanId }) => !ids.has(parentSpanId ?? '')).map((span) => titleOf(span)))];
}

function listed(titles: readonly string[]): string {
  const rest = titles.length - MAX_SPANS;
  return `${titles
    .slice(0, MAX_SPANS)
    .map((title) => `\`${title}\``)
    .join(', ')}${rest > 0 ? ` ${texts.andMore(rest)}` : ''}`;
}

/** The value of the first span that has `attribute`. */
function firstValue(spans: readonly TraceSpan[], attribute: string): string | undefined {
  const value = spans.find(({ attributes }) => attributes[attribute] !== undefined)?.attributes[attribute];
  if (typeof value === 'number') return String(Math.round(value * 10) / 10);
  return value === undefined ? undefined : valueText(value);
}

function lengthOf(spans: readonly TraceSpan[]): number {
  return Math.max(...spans.map(endOf)) - Math.min(...spans.map(({ start }) => start));
}
