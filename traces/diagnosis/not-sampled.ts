// Spans that were exported though their sampled flag is 0.

import { FLAGS, type TraceSpan } from '../model.ts';
import { byService, type Check, countSpans, finding } from './finding.ts';

/** Which spans arrive. */
export const EXPORT_RULE = {
  text: 'Span Exporters MUST receive those spans which have Sampled flag set to true and they SHOULD NOT receive the ones that do not.',
  url: 'https://opentelemetry.io/docs/specs/otel/trace/sdk/#sampling',
};

export const notSampled: Check = ({ tree: { nodes } }) =>
  [...byService(nodes.filter(({ span }) => isUnsampled(span)))].map(([service, spans]) =>
    finding({
      kind: 'not-sampled',
      hop: service,
      message: `${countSpans(spans)} of ${service} ${spans.length === 1 ? 'was' : 'were'} exported with the sampled flag 0: whatever ${service} calls takes the trace for not sampled.`,
      spans,
      repair: `Let the sampler of ${service} decide RECORD_AND_SAMPLE (wrapped in ParentBased), and export by a processor that leaves out what is not sampled.`,
      rule: EXPORT_RULE,
    }),
  );

/** Whether the flags say so: exporters of before 2024 send none, and Python's sends only whether the parent is remote. */
function isUnsampled({ flags = 0, resource }: TraceSpan): boolean {
  return (
    (flags & FLAGS.hasIsRemote) !== 0 &&
    (flags & FLAGS.sampled) === 0 &&
    resource['telemetry.sdk.language'] !== 'python'
  );
}
