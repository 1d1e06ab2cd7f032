// Queries the name servers of one zone until one gives a usable response. Each query is a span `ask`, whose child is the name
// server's own span. A timeout is retried; a truncated response is queried again over TCP; otherwise the next server is queried.

import type { Span } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import { dns } from '../../../otel/contract/index.ts';
import * as names from '../../../otel/contract/names.ts';
import { addSpanEvent } from '../../../otel/event.ts';
import { traceOptions } from '../../../otel/propagation/dns.ts';
import { rcodeName } from '../../../otel/propagation/dns-numbers.ts';
import { failSpan, inSpan } from '../../../otel/span.ts';
import { exchange, NoAnswer, type Transport } from '../../../runtime/dns/exchange.ts';
import { rcodeOf } from '../../../runtime/dns/message.ts';
import { encodeQuery } from '../../../runtime/dns/query.ts';
import type { AddressMap } from '../../addresses/map.ts';
import { DnsFailure, FAILURES, type FailureCode } from '../errors.ts';
import { codeOf } from '../records.ts';
import type { QueryZone, Question } from './lookup.ts';
import { type Response, readResponse } from './response.ts';

const PORT = 53;

/** `timeout` of one query in ms; `tries`: how often a query is sent to a server that does not answer. */
type Options = { addresses: AddressMap; timeout: number; tries: number };
/** `server` is the name server's name. */
type Target = { zone: string; server: string; address: string };

/** Makes the function that queries a zone; its spans become children of the active one. */
export function queryZoneWith(options: Options): QueryZone {
  return async ({ zone, servers }, question) => {
    let failure = new DnsFailure('no_address', zone);
    const targets = servers.flatMap(({ name, addresses }) =>
      addresses.map((address) => ({ zone, server: name, address })),
    );
    for (let tried = 0; tried < options.tries && targets.length > 0; tried++) {
      for (const target of [...targets]) {
        try {
          const overUdp = await queryServer(options, target, question, 'udp');
          const response = overUdp.kind === 'truncated' ? await queryServer(options, target, question, 'tcp') : overUdp;
          if (isUsable(response)) return response;
          failure = new DnsFailure(response.kind, zone);
        } catch (error) {
          if (!(error instanceof DnsFailure)) throw error;
          failure = error;
        }
        if (failure.code !== 'timeout') targets.splice(targets.indexOf(target), 1);
      }
    }
    throw failure;
  };
}

function queryServer(
  { addresses, timeout }: Options,
  { zone, server, address }: Target,
  question: Question,
  transport: Transport,
): Promise<Response> {
  const peer = addresses.locate(address, PORT);
  const attributes = {
    [names.ATTR_DNS_ZONE]: zone,
    [names.ATTR_DNS_QUESTION_NAME]: question.name,
    [names.ATTR_DNS_QUESTION_TYPE]: question.type,
    [semconv.ATTR_SERVER_ADDRESS]: server,
    [semconv.ATTR_SERVER_PORT]: PORT,
    [names.ATTR_DNS_SERVER_IP]: address,
    [semconv.ATTR_NETWORK_TRANSPORT]: transport,
    ...(peer && { [semconv.ATTR_NETWORK_PEER_ADDRESS]: peer.host, [semconv.ATTR_NETWORK_PEER_PORT]: peer.port }),
  };
  return inSpan(dns.ask, { words: { zone }, attributes }, async (span) => {
    const where = `${zone} ${address}`;
    if (peer === undefined) throw new DnsFailure('EHOSTUNREACH', where);
    const onIgnored = (message: Buffer) =>
      addSpanEvent(span, 'answer ignored', { reason: 'it answers another question', length: message.length });
    const options = { transport, timeout, onIgnored };
    const bytes = await exchange(encodeZoneQuery(question, span), peer, options).catch((error: unknown) => {
      if (!(error instanceof NoAnswer)) throw error;
      throw new DnsFailure(error.code in FAILURES ? (error.code as FailureCode) : 'ECONNRESET', where);
    });
    span.setAttribute(names.ATTR_DNS_RESPONSE_CODE, rcodeName(rcodeOf(bytes)));
    const response = readResponse(bytes, { zone, ...question });
    if (!isUsable(response) && response.kind !== 'truncated') failSpan(span, response.kind);
    return response;
  });
}

type Unusable = { kind: 'truncated' | 'lame' | 'refused' | 'malformed' };

function isUsable(response: Response): response is Exclude<Response, Unusable> {
  return !['truncated', 'lame', 'refused', 'malformed'].includes(response.kind);
}

/** A query without RD, with the span's context in EDNS0. */
function encodeZoneQuery({ name, type }: Question, span: Span): Buffer {
  const options = traceOptions(span.spanContext());
  return encodeQuery({ name, type: codeOf(type), recursionDesired: false, options });
}
