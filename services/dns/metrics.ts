// What the phonebook counts.

import { metrics } from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';
import { ATTR_DNS_CACHE, ATTR_DNS_QUESTION_NAME, ATTR_DNS_RESPONSE_CODE } from '../../otel/contract/names.ts';
import { SCOPE } from '../../otel/contract/spec.ts';
import { RCODES, type Rcode } from '../../otel/propagation/dns-numbers.ts';
import type { Transport } from '../../runtime/dns/exchange.ts';

const meter = metrics.getMeter(SCOPE);
const queries = meter.createCounter('waybill.dns.queries', { description: 'questions to the resolver, by reply' });
const lookups = meter.createCounter('waybill.dns.lookups', { description: 'questions to the resolver, by memory' });
const duration = meter.createHistogram('dns.lookup.duration', {
  unit: 's',
  description: 'how long a reply took',
  advice: {
    explicitBucketBoundaries: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5],
  },
});

// Known label values start at 0: of a series that first appears at 1, rate() never sees an increase.
for (const rcode of Object.keys(RCODES))
  for (const transport of ['udp', 'tcp'] satisfies Transport[])
    queries.add(0, { [ATTR_DNS_RESPONSE_CODE]: rcode, 'network.transport': transport });
for (const how of ['hit', 'partial', 'miss', 'joined', 'none']) lookups.add(0, { [ATTR_DNS_CACHE]: how });

/** Counts a reply of the resolver; `ms` since the question came. Only names that exist are told apart: others are endless. */
export function countReply({
  name,
  rcode,
  how,
  transport,
  ms,
}: {
  name: string;
  rcode: Rcode;
  how: string;
  transport: Transport;
  ms: number;
}): void {
  queries.add(1, { [ATTR_DNS_RESPONSE_CODE]: rcode, 'network.transport': transport });
  lookups.add(1, { [ATTR_DNS_CACHE]: how });
  duration.record(ms / 1000, rcode === 'NOERROR' ? { [ATTR_DNS_QUESTION_NAME]: name } : { [ATTR_ERROR_TYPE]: rcode });
}
