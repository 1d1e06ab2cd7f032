// Spans whose resource does not name their service.

import { NAMELESS_SERVICE } from '../otlp/types.ts';
import { byService, type Check, countSpans, finding } from './finding.ts';

const RULE = {
  text: 'MUST be the same for all instances of horizontally scaled services. If the value was not specified, SDKs MUST fallback to unknown_service: concatenated with the process executable name, e.g. unknown_service:bash.',
  url: 'https://opentelemetry.io/docs/specs/semconv/resource/service/',
};

export const unknownService: Check = ({ tree: { nodes } }) => {
  const nameless = nodes.filter(
    ({ span: { service } }) => /^unknown_service(:|$)/.test(service) || service === '' || service === NAMELESS_SERVICE,
  );
  return [...byService(nameless)].map(([service, spans]) =>
    finding({
      kind: 'unknown-service',
      hop: service || 'unknown_service',
      message: `${countSpans(spans)} ${spans.length === 1 ? 'comes' : 'come'} from a process without service.name${where(spans[0]?.resource ?? {})}.`,
      spans,
      repair: 'Set OTEL_SERVICE_NAME for that process (or service.name in OTEL_RESOURCE_ATTRIBUTES).',
      rule: RULE,
    }),
  );
};

function where(resource: Readonly<Record<string, unknown>>): string {
  const known = ['process.pid', 'host.name', 'service.instance.id'].flatMap((name) =>
    resource[name] === undefined ? [] : [`${name} ${resource[name]}`],
  );
  return known.length === 0 ? '' : ` (${known.join(', ')})`;
}
