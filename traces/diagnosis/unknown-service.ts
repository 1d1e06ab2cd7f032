// Spans whose resource does not name their service.

import { NAMELESS_SERVICE } from '../otlp/types.ts';
import type { SpanNode } from '../tree.ts';
import { expectedAnswers, expectedCaller } from './calls.ts';
import { byService, type Check, countSpans, finding } from './finding.ts';

const RULE = {
  text: 'MUST be the same for all instances of horizontally scaled services. If the value was not specified, SDKs MUST fallback to unknown_service: concatenated with the process executable name, e.g. unknown_service:bash.',
  url: 'https://opentelemetry.io/docs/specs/semconv/resource/service/',
};

export const unknownService: Check = ({ tree: { nodes } }) => {
  const nameless = nodes.filter(
    ({ span: { service } }) => /^unknown_service(:|$)/.test(service) || service === '' || service === NAMELESS_SERVICE,
  );
  const known = expectedName(nodes, nameless);
  return [...byService(nameless)].map(([service, spans]) =>
    finding({
      kind: 'unknown-service',
      hop: known ?? (service || 'unknown_service'),
      message: `${countSpans(spans)} ${spans.length === 1 ? 'comes' : 'come'} from a process without service.name${where(spans[0]?.resource ?? {})}.${known ? ` By the spans around them it is ${known}.` : ''}`,
      spans,
      repair: 'Set OTEL_SERVICE_NAME for that process (or service.name in OTEL_RESOURCE_ATTRIBUTES).',
      rule: RULE,
    }),
  );
};

/** The service of the lab that they are of: by the call that they answer, or by what answers theirs. */
function expectedName(nodes: readonly SpanNode[], nameless: readonly SpanNode[]): string | undefined {
  const own = new Set(nameless.map(({ span }) => span.spanId));
  for (const { span, parent } of nodes) {
    if (parent === null || own.has(span.spanId) === own.has(parent.span.spanId)) continue;
    const found = own.has(span.spanId) ? expectedAnswers(parent.span)[0]?.service : expectedCaller(span);
    if (found !== undefined) return found;
  }
  return undefined;
}

function where(resource: Readonly<Record<string, unknown>>): string {
  const known = ['process.pid', 'host.name', 'service.instance.id'].flatMap((name) =>
    resource[name] === undefined ? [] : [`${name} ${resource[name]}`],
  );
  return known.length === 0 ? '' : ` (${known.join(', ')})`;
}
