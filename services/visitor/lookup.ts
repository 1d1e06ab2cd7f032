// Step 1: one question to the resolver over UDP, again over TCP when the answer was cut (RFC 1035, 4.2).
// The question carries the trace's context in an EDNS0 option. The visitor keeps no cache: caching is the resolver's job.

import type { SpanContext } from '@opentelemetry/api';
import { encodeTraceOption } from '../../otel/propagation/dns.ts';
import { DnsFormatError } from '../../otel/propagation/dns-name.ts';
import { CLASS_IN, rcodeName, TRACE_OPTION, typeCode } from '../../otel/propagation/dns-numbers.ts';
import { exchange, NoAnswer } from '../../runtime/dns/exchange.ts';
import { isTruncated, rcodeOf, readMessage } from '../../runtime/dns/message.ts';
import { encodeQuery } from '../../runtime/dns/query.ts';
import { addressText } from '../../runtime/net/address.ts';
import type { Endpoint } from '../../runtime/net/endpoint.ts';

const TRIES = 2;
const A = typeCode('A') as number;

/**
 * An answer: the IPv4 addresses in it, and its code: NOERROR, NXDOMAIN …, `lookup_timeout` when none came, and
 * `invalid_name` for a name that can't be asked for (a label of more than 63 bytes, a name of more than 255).
 */
export type LookupAnswer = { code: string; addresses: string[] };

/** Asks `resolver` for the addresses of `name`; each try takes at most `timeout` ms. Never throws. */
export async function lookUp(
  name: string,
  { resolver, timeout, spanContext }: { resolver: Endpoint; timeout: number; spanContext: SpanContext },
): Promise<LookupAnswer> {
  let query: Buffer;
  try {
    const options = [{ code: TRACE_OPTION, data: encodeTraceOption(spanContext) }];
    query = encodeQuery({ name, type: A, recursionDesired: true, options });
  } catch (error) {
    if (!(error instanceof DnsFormatError)) throw error;
    return { code: 'invalid_name', addresses: [] };
  }
  for (let tried = 0; tried < TRIES; tried++) {
    try {
      const overUdp = await exchange(query, resolver, { transport: 'udp', timeout });
      const answer = isTruncated(overUdp) ? await exchange(query, resolver, { transport: 'tcp', timeout }) : overUdp;
      const addresses = readMessage(answer)
        .answers.filter((record) => record.type === A && record.class === CLASS_IN && record.end - record.start === 4)
        .map(({ start, end }) => addressText(answer.subarray(start, end)));
      const code = rcodeName(rcodeOf(answer));
      return { code: code === 'NOERROR' && addresses.length === 0 ? 'NODATA' : code, addresses };
    } catch (error) {
      // lost, nothing listens there, or a malformed answer: the next try, then lookup_timeout
      if (!(error instanceof NoAnswer || error instanceof DnsFormatError)) throw error;
    }
  }
  return { code: 'lookup_timeout', addresses: [] };
}
