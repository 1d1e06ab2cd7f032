// Step 1: a query to the resolver over UDP, and again over TCP when the answer is truncated (RFC 1035, 4.2). The query carries the
// trace's context in an EDNS0 option, and the name of the browser's private cache in another, if it has one. The visitor has no cache:
// caching is the resolver's job.

import type { Context, SpanContext } from '@opentelemetry/api';
import { ATTR_SERVER_ADDRESS, ATTR_SERVER_PORT } from '@opentelemetry/semantic-conventions';
import { visitor } from '../../../otel/contract/index.ts';
import { ATTR_DNS_ANSWERS, ATTR_DNS_QUESTION_NAME, ATTR_DNS_RESPONSE_CODE } from '../../../otel/contract/names.ts';
import { traceOptions } from '../../../otel/propagation/dns.ts';
import { DnsFormatError } from '../../../otel/propagation/dns-name.ts';
import { CACHE_OPTION, CLASS_IN, rcodeName, typeCode } from '../../../otel/propagation/dns-numbers.ts';
import { startSpan } from '../../../otel/span.ts';
import { exchange, NoAnswer } from '../../../runtime/dns/exchange.ts';
import { isTruncated, rcodeOf, readMessage } from '../../../runtime/dns/message.ts';
import { encodeQuery } from '../../../runtime/dns/query.ts';
import { addressText } from '../../../runtime/net/address.ts';
import type { Endpoint } from '../../../runtime/net/endpoint.ts';
import type { VisitorConfig } from '../config.ts';
import { VisitFailure } from '../errors.ts';
import { inStep } from './step.ts';

const TRIES = 2;
const A = typeCode('A') as number;

/** The first address of `name`, from `cache` of the resolver, or from its shared one. Throws a VisitFailure when it has none. */
export function resolve(
  { name, cache }: { name: string; cache: Buffer | undefined },
  parent: Context,
  { resolver, lookupTimeout }: VisitorConfig,
): Promise<string> {
  const attributes = {
    [ATTR_DNS_QUESTION_NAME]: name,
    [ATTR_SERVER_ADDRESS]: resolver.host,
    [ATTR_SERVER_PORT]: resolver.port,
  };
  return inStep(startSpan(visitor.lookup, { attributes, parent }), parent, async (span) => {
    const options = { resolver, timeout: lookupTimeout, spanContext: span.spanContext(), cache };
    const { code, addresses } = await lookUp(name, options);
    span.setAttribute(ATTR_DNS_ANSWERS, addresses);
    if (code !== 'lookup_timeout') span.setAttribute(ATTR_DNS_RESPONSE_CODE, code === 'NODATA' ? 'NOERROR' : code);
    const [address] = addresses;
    if (address === undefined) throw new VisitFailure(code);
    return address;
  });
}

/**
 * The IPv4 addresses that `resolver` has for `name`; each try takes at most `timeout` ms. `code` is the response code, NODATA for a
 * name without an address, `lookup_timeout` without an answer, or `invalid_name` (a label above 63 bytes, a name above 255).
 */
export async function lookUp(
  name: string,
  {
    resolver,
    timeout,
    spanContext,
    cache,
  }: { resolver: Endpoint; timeout: number; spanContext: SpanContext; cache?: Buffer | undefined },
): Promise<{ code: string; addresses: string[] }> {
  let query: Buffer;
  try {
    const options = traceOptions(spanContext);
    if (cache) options.push({ code: CACHE_OPTION, data: cache });
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
      // No answer, or a malformed one: try again.
      if (!(error instanceof NoAnswer || error instanceof DnsFormatError)) throw error;
    }
  }
  return { code: 'lookup_timeout', addresses: [] };
}
