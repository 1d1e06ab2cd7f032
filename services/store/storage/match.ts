// Whether a span matches a query, as in the memory storage of Jaeger 2.20: all conditions on one span.

import { ATTR_LINK_TRACE } from '../../../otel/contract/names.ts';
import type { KeyValue, Scope, Span } from '../../../traces/otlp/types.ts';
import { valueText } from '../otlp/value-text.ts';
import { type PlacedSpan, type StoredTrace, spansIn } from './assemble.ts';
import type { Query } from './storage.ts';

/** Whether one of the trace's spans matches all of `query`. */
export function matches(trace: StoredTrace, query: Query): boolean {
  for (const placed of spansIn(trace)) if (spanMatches(placed, query)) return true;
  return false;
}

function spanMatches(placed: PlacedSpan, query: Query): boolean {
  const { operation, service, from, to, shortest, longest, attributes = [] } = query;
  const { name = '', startTimeUnixNano = 0, endTimeUnixNano = 0 } = placed.span;
  const start = BigInt(startTimeUnixNano);
  const duration = BigInt(endTimeUnixNano) - start;
  return (
    (service === undefined || service === placed.service) &&
    (operation === undefined || operation === name) &&
    start >= from &&
    start <= to &&
    (shortest === undefined || duration >= shortest) &&
    (longest === undefined || duration <= longest) &&
    [...attributes].every(([key, wanted]) => attributeMatches(key, wanted, placed))
  );
}

function attributeMatches(key: string, wanted: string, { span, scope, resource }: PlacedSpan): boolean {
  const special = SPECIAL.get(key);
  if (special) return special(wanted, span, scope);
  if (key.startsWith('resource.')) return has(resource.attributes, key.slice('resource.'.length), wanted);
  return [
    span.attributes,
    scope.attributes,
    resource.attributes,
    ...(span.events ?? []).map((event) => event.attributes),
    ...(span.links ?? []).map((link) => link.attributes),
  ].some((attributes) => has(attributes, key, wanted));
}

/** Keys that are not attributes. `error=false` matches the status OK, not its absence, as in Jaeger. */
const SPECIAL = new Map<string, (wanted: string, span: Span, scope: Scope) => boolean>([
  [
    'error',
    (wanted, { status: { code = 0 } }) => {
      const isError = booleanOf(wanted);
      return isError !== undefined && code === STATUS.indexOf(isError ? 'ERROR' : 'OK');
    },
  ],
  ['span.status', (wanted, { status: { code = 0 } }) => code === Math.max(0, STATUS.indexOf(wanted.toUpperCase()))],
  ['span.kind', (wanted, { kind = 0 }) => kind === Math.max(0, KINDS.indexOf(wanted.toLowerCase()))],
  // Of Jaeger's own attributes there is none for a link; the lab's have this one, and here any link is found by it.
  [ATTR_LINK_TRACE, (wanted, { links = [] }) => links.some(({ traceId }) => traceId === wanted)],
  ['scope.name', (wanted, _span, { name = '' }) => name === wanted],
  ['scope.version', (wanted, _span, { version = '' }) => version === wanted],
]);

const STATUS = ['UNSET', 'OK', 'ERROR'];

/** Span kinds by their number in OTLP. */
export const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'];

/** True or false as Go reads them; undefined for anything else. */
export function booleanOf(text: string): boolean | undefined {
  if (/^(1|t|true)$/i.test(text)) return true;
  return /^(0|f|false)$/i.test(text) ? false : undefined;
}

function has(attributes: KeyValue[] = [], key: string, wanted: string): boolean {
  const found = attributes.find((attribute) => attribute.key === key);
  return found !== undefined && valueText(found.value) === wanted;
}
