// Asking the servers of one zone until one gives a usable answer: each question is a span `ask`, which the server's own
// span continues. Silence is asked again; an answer that was cut is asked for over TCP; nonsense is another server's turn.

import type { Span } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import { dns } from '../../../otel/contract/index.ts';
import * as names from '../../../otel/contract/names.ts';
import { addSpanEvent } from '../../../otel/event.ts';
import { encodeTraceOption } from '../../../otel/propagation/dns.ts';
import { rcodeName, TRACE_OPTION } from '../../../otel/propagation/dns-numbers.ts';
import { failSpan, inSpan } from '../../../otel/span.ts';
import { exchange, NoAnswer, type Transport } from '../../../runtime/dns/exchange.ts';
import { rcodeOf } from '../../../runtime/dns/message.ts';
import { encodeQuery } from '../../../runtime/dns/query.ts';
import type { AddressMap } from '../../addresses/map.ts';
import { DnsFailure, isFailureCode } from '../errors.ts';
import { codeOf } from '../records.ts';
import type { Delegation } from './cache.ts';
import { type Response, readResponse } from './response.ts';
import type { AskZone, Question } from './walk.ts';

const PORT = 53;

export type AskOptions = {
  addresses: AddressMap;
  /** How long one question may wait for its answer, in ms. */
  timeout: number;
  /** How often silence is asked. */
  tries: number;
};

/** Makes the asking of one zone; spans become children of the active one. */
export function askZoneWith(options: AskOptions): AskZone {
  return async ({ zone, servers }, question) => {
    let failure = new DnsFailure('no_address', zone);
    const targets = servers.flatMap(({ name, addresses }) =>
      addresses.map((address) => ({ zone, server: name, address, question })),
    );
    for (let tried = 0; tried < options.tries && targets.length > 0; tried++) {
      for (const target of [...targets]) {
        try {
          const overUdp = await askServer(options, { ...target, transport: 'udp' });
          const response =
            overUdp.kind === 'truncated' ? await askServer(options, { ...target, transport: 'tcp' }) : overUdp;
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

type Target = {
  zone: Delegation['zone'];
  /** The name server's name. */
  server: string;
  address: string;
  question: Question;
  transport: Transport;
};

function askServer(
  { addresses, timeout }: AskOptions,
  { zone, server, address, question, transport }: Target,
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
    const bytes = await exchange(writeQuery(question, span), peer, { transport, timeout, onIgnored }).catch(
      (error: unknown) => {
        if (!(error instanceof NoAnswer)) throw error;
        throw new DnsFailure(isFailureCode(error.code) ? error.code : 'ECONNRESET', where);
      },
    );
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

/** The query with EDNS0, and the span's context in it; the server is not asked to walk. */
function writeQuery({ name, type }: Question, span: Span): Buffer {
  const options = [{ code: TRACE_OPTION, data: encodeTraceOption(span.spanContext()) }];
  return encodeQuery({ name, type: codeOf(type), recursionDesired: false, options });
}
