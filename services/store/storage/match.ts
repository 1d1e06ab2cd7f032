// Whether a span fulfils a query: as the memory storage of Jaeger 2.20 judges it, all conditions on one span.

import { own } from '../../../traces/own.ts';
import { type KeyValue, type Resource, type Scope, type Span, serviceOf } from '../otlp/traces.ts';
import { valueText } from '../otlp/value-text.ts';
import type { Query, StoredTrace } from './storage.ts';

/** Whether one of the trace's spans fulfils all of `query`. */
export function matches({ resourceSpans }: StoredTrace, query: Query): boolean {
  return resourceSpans.some(
    ({ resource, scopeSpans }) =>
      (query.service === undefined || query.service === serviceOf(resource)) &&
      scopeSpans.some(({ scope, spans }) => spans.some((span) => spanMatches(span, scope, resource, query))),
  );
}

function spanMatches(span: Span, scope: Scope, resource: Resource, query: Query): boolean {
  const { operation, from, to, shortest, longest, attributes = {} } = query;
  const start = BigInt(span.startTimeUnixNano ?? 0);
  const duration = BigInt(span.endTimeUnixNano ?? 0) - start;
  return (
    (operation === undefined || operation === (span.name ?? '')) &&
    start >= from &&
    start <= to &&
    (shortest === undefined || duration >= shortest) &&
    (longest === undefined || duration <= longest) &&
    Object.entries(attributes).every(([key, wanted]) => attributeMatches(key, wanted, span, scope, resource))
  );
}

function attributeMatches(key: string, wanted: string, span: Span, scope: Scope, resource: Resource): boolean {
  const special = own(SPECIAL, key);
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

/** Keys that ask for something that is no attribute. `error=false` asks for the status OK, not for its absence, as Jaeger does. */
const SPECIAL: Record<string, (wanted: string, span: Span, scope: Scope) => boolean> = {
  error(wanted, { status: { code = 0 } }) {
    const asked = parseBool(wanted);
    return asked !== undefined && code === (asked ? STATUS.ERROR : STATUS.OK);
  },
  'span.status': (wanted, { status: { code = 0 } }) => code === (STATUS[wanted.toUpperCase()] ?? 0),
  'span.kind': (wanted, { kind = 0 }) => kind === Math.max(0, KINDS.indexOf(wanted.toLowerCase())),
  'scope.name': (wanted, _span, { name = '' }) => name === wanted,
  'scope.version': (wanted, _span, { version = '' }) => version === wanted,
};

const STATUS: Record<string, number> = { UNSET: 0, OK: 1, ERROR: 2 };

/** Span kinds by their number in OTLP. */
export const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'];

/** As Go's strconv.ParseBool. */
export function parseBool(text: string): boolean | undefined {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false;
  return undefined;
}

function has(attributes: KeyValue[] = [], key: string, wanted: string): boolean {
  const found = attributes.find((attribute) => attribute.key === key);
  return found !== undefined && valueText(found.value) === wanted;
}
