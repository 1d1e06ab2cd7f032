// The metrics of the resolver.

import { metrics } from '@opentelemetry/api';
import { ATTR_ERROR_TYPE, ATTR_NETWORK_TRANSPORT } from '@opentelemetry/semantic-conventions';
import { ATTR_DNS_CACHE, ATTR_DNS_QUESTION_NAME, ATTR_DNS_RESPONSE_CODE } from '../../otel/contract/names.ts';
import { SCOPE } from '../../otel/contract/spec.ts';
import { RCODES, type Rcode } from '../../otel/propagation/dns-numbers.ts';
import type { Transport } from '../../runtime/dns/exchange.ts';

/** How the cache served a query: see the span `resolve` in the contract. */
export type CacheUse = 'hit' | 'partial' | 'miss' | 'joined' | 'none';

const meter = metrics.getMeter(SCOPE);
const queries = meter.createCounter('waybill.dns.queries', {
  description: 'queries to the resolver, by response code',
});
const lookups = meter.createCounter('waybill.dns.lookups', {
  description: 'queries to the resolver, by use of the cache',
});
const duration = meter.createHistogram('dns.lookup.duration', {
  unit: 's',
  description: 'time until the reply',
  advice: {
    explicitBucketBoundaries: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5],
  },
});

// Known label values start at 0: of a series that first appears at 1, rate() never sees an increase.
for (const rcode of Object.keys(RCODES))
  for (const transport of ['udp', 'tcp'] satisfies Transport[])
    queries.add(0, { [ATTR_DNS_RESPONSE_CODE]: rcode, [ATTR_NETWORK_TRANSPORT]: transport });
for (const use of ['hit', 'partial', 'miss', 'joined', 'none'] satisfies CacheUse[])
  lookups.add(0, { [ATTR_DNS_CACHE]: use });

type CountedReply = { name: string; rcode: Rcode; use: CacheUse; transport: Transport; ms: number };

/** Counts a reply of the resolver, `ms` after its query. Only names that exist are labels: the others are unbounded. */
export function countReply({ name, rcode, use, transport, ms }: CountedReply): void {
  queries.add(1, { [ATTR_DNS_RESPONSE_CODE]: rcode, [ATTR_NETWORK_TRANSPORT]: transport });
  lookups.add(1, { [ATTR_DNS_CACHE]: use });
  duration.record(ms / 1000, rcode === 'NOERROR' ? { [ATTR_DNS_QUESTION_NAME]: name } : { [ATTR_ERROR_TYPE]: rcode });
}
