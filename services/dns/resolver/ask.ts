// Asking the servers of one zone until one gives a usable answer: each question is a span `ask`, which the server's own
// span continues. Silence is asked again; an answer that was cut is asked for over TCP; nonsense is another server's turn.

import { randomInt } from 'node:crypto';
import type { Span } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import { dns } from '../../../otel/contract/index.ts';
import * as names from '../../../otel/contract/names.ts';
import { note } from '../../../otel/event.ts';
import { encodeTraceOption, TRACE_OPTION } from '../../../otel/propagation/dns.ts';
import { failSpan, inSpan } from '../../../otel/span.ts';
import type { AddressMap } from '../../addresses/map.ts';
import { DnsFailure } from '../errors.ts';
import { RCODES, UDP_PAYLOAD } from '../message/reply.ts';
import { Writer } from '../message/writer.ts';
import type { Over } from '../protocol.ts';
import { typeCode } from '../records.ts';
import type { Delegation } from './cache.ts';
import { exchange } from './exchange.ts';
import { type Response, readResponse } from './response.ts';
import type { Asked, AskZone } from './walk.ts';

const PORT = 53;
const CLASS_IN = 1;
const OPT = 41;

export type Asker = {
  addresses: AddressMap;
  /** How long one question may wait for its answer, in ms. */
  timeout: number;
  /** How often silence is asked. */
  tries: number;
};

/** Makes the asking of one zone; spans become children of the active one. */
export function askZoneWith(asker: Asker): AskZone {
  return async ({ zone, servers }, asked) => {
    let failure = new DnsFailure('no_address', zone);
    const addresses = servers.flatMap((server) => server.addresses);
    for (let tried = 0; tried < asker.tries && addresses.length > 0; tried++) {
      for (const address of [...addresses]) {
        try {
          const overUdp = await askServer(asker, { zone, address, asked, over: 'udp' });
          const response =
            overUdp.kind === 'truncated' ? await askServer(asker, { zone, address, asked, over: 'tcp' }) : overUdp;
          if (isUsable(response)) return response;
          failure = new DnsFailure(response.kind, zone);
        } catch (error) {
          if (!(error instanceof DnsFailure)) throw error;
          failure = error;
        }
        if (failure.code !== 'timeout') addresses.splice(addresses.indexOf(address), 1);
      }
    }
    throw failure;
  };
}

type Target = { zone: Delegation['zone']; address: string; asked: Asked; over: Over };

function askServer({ addresses, timeout }: Asker, { zone, address, asked, over }: Target): Promise<Response> {
  const peer = addresses.locate(address, PORT);
  const attributes = {
    [names.ATTR_DNS_ZONE]: zone,
    [names.ATTR_DNS_QUESTION_NAME]: asked.name,
    [names.ATTR_DNS_QUESTION_TYPE]: asked.type,
    [semconv.ATTR_SERVER_ADDRESS]: address,
    [semconv.ATTR_SERVER_PORT]: PORT,
    [semconv.ATTR_NETWORK_TRANSPORT]: over,
    ...(peer && { [semconv.ATTR_NETWORK_PEER_ADDRESS]: peer.host, [semconv.ATTR_NETWORK_PEER_PORT]: peer.port }),
  };
  return inSpan(dns.ask, { words: { zone }, attributes }, async (span) => {
    if (peer === undefined) throw new DnsFailure('EHOSTUNREACH', `${zone} ${address}`);
    const bytes = await exchange(writeQuestion(asked, span), peer, {
      over,
      timeout,
      where: `${zone} ${address}`,
      onIgnored: (message) =>
        note(span, 'answer ignored', { reason: 'it answers another question', length: message.length }),
    });
    span.setAttribute(names.ATTR_DNS_RESPONSE_CODE, RCODES[(bytes[3] as number) & 0x0f] ?? 'unknown');
    const response = readResponse(bytes, { zone, ...asked });
    if (!isUsable(response) && response.kind !== 'truncated') failSpan(span, response.kind);
    return response;
  });
}

type Unusable = { kind: 'truncated' | 'lame' | 'refused' | 'malformed' };

function isUsable(response: Response): response is Exclude<Response, Unusable> {
  return !['truncated', 'lame', 'refused', 'malformed'].includes(response.kind);
}

/** The question with EDNS0, and the span's context in it. */
function writeQuestion({ name, type }: Asked, span: Span): Buffer {
  const trace = encodeTraceOption(span.spanContext());
  const writer = new Writer();
  for (const field of [randomInt(0x10000), 0, 1, 0, 0, 1]) writer.uint16(field); // id, flags, one question, one record
  writer.name(name);
  for (const field of [typeCode(type), CLASS_IN]) writer.uint16(field);
  writer.uint8(0);
  for (const field of [OPT, UDP_PAYLOAD, 0, 0]) writer.uint16(field);
  writer.sized(() => {
    writer.uint16(TRACE_OPTION);
    writer.sized(() => writer.raw(trace));
  });
  return Buffer.from(writer.bytes());
}
