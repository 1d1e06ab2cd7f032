// GET /contract: every kind of span, in the order of a journey.

import { SpanKind } from '@opentelemetry/api';
import { spans } from '../../../otel/contract/index.ts';
import { type Route, route } from '../../../runtime/control/route.ts';
import type { Contract, ContractSpan } from '../api.ts';

export function contractRoutes(): Route[] {
  const body: Contract = {
    spans: spans.map(({ service, name, kind, parents, sentence, attributes, sometimes, events }) => ({
      ...{ service, name, parents: [...parents], sentence, attributes, sometimes, events: [...events] },
      kind: SpanKind[kind].toLowerCase() as ContractSpan['kind'],
    })),
  };
  return [route('GET /contract', () => ({ body }))];
}
