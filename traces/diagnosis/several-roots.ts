// Several spans without a parent share one trace id.

import { type Check, countSpans, finding } from './finding.ts';

const RULE = {
  text: 'Each trace includes a single root span, which is the shared ancestor of all other spans within the trace. Implementations MUST provide an option to create a Span as a root span, and MUST generate a new TraceId for each root span created.',
  url: 'https://opentelemetry.io/docs/specs/otel/trace/api/#determining-the-parent-span-from-a-context',
};

export const severalRoots: Check = ({ tree: { roots } }) => {
  const spans = roots.filter(({ orphan }) => !orphan).map(({ span }) => span);
  if (spans.length < 2) return [];
  const services = [...new Set(spans.map(({ service }) => service))];
  return [
    finding({
      kind: 'several-roots',
      hop: services.slice(0, 5).join(', '),
      message: `${countSpans(spans)} have no parent; a trace has one root.`,
      spans,
      repair:
        'Check what sets the trace id: the id of a request or a job is not a trace id, and a parent id must not be left out when the context is passed on by hand.',
      rule: RULE,
    }),
  ];
};
