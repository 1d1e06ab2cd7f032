// GET /contract: every kind of span, in the order of a journey, with its sentence and what each attribute says.

import { SpanKind } from '@opentelemetry/api';
import { spans } from '../../../otel/contract/index.ts';
import { type Route, route } from '../../../runtime/control/route.ts';
import type { Contract, ContractSpan } from '../api.ts';

/** The routes of the contract. */
export function contractRoutes(): Route[] {
  const contract: Contract = {
    spans: spans.map(({ service, name, kind, parents, sentence, attributes, sometimes, events }) => ({
      service,
      name,
      kind: SpanKind[kind]?.toLowerCase() as ContractSpan['kind'],
      parents: [...parents],
      sentence,
      attributes: { ...attributes },
      sometimes: { ...sometimes },
      events: [...events],
    })),
  };
  return [route('GET /contract', () => ({ body: contract }))];
}
