// Step 1, the phonebook: one question to the resolver over UDP, again over TCP when the answer was cut (RFC 1035, 4.2).
// The question carries the trace's context in an EDNS0 option. The visitor keeps no cache: remembering is the resolver's job.

import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { SpanContext } from '@opentelemetry/api';
import { type DecodedPacket, decode, encode, streamEncode } from 'dns-packet';
import { encodeTraceOption, TRACE_OPTION } from '../../otel/propagation/dns.ts';
import type { Endpoint } from '../../runtime/net/endpoint.ts';

const TRIES = 2;
/** What a datagram can carry without being split on common networks (DNS Flag Day 2020). */
const UDP_PAYLOAD = 1232;

/** An answer: its code (NOERROR, NXDOMAIN …; `lookup_timeout` when none came) and the IPv4 addresses in it. */
export type LookupAnswer = { code: string; addresses: string[] };

/** Asks `resolver` for the addresses of `name`; each try takes at most `timeout` ms. Never throws. */
export async function lookUp(
  name: string,
  { resolver, timeout, spanContext }: { resolver: Endpoint; timeout: number; spanContext: SpanContext },
): Promise<LookupAnswer> {
  const query = question(name, spanContext);
  for (let tried = 0; tried < TRIES; tried++) {
    const signal = AbortSignal.timeout(timeout);
    try {
      const overUdp = await askOverUdp(query, resolver, signal);
      return read(overUdp.flag_tc ? await askOverTcp(query, resolver, signal) : overUdp);
    } catch {
      // lost on the way, or nobody listens: the next try, then the caller hears of a timeout
    }
  }
  return { code: 'lookup_timeout', addresses: [] };
}

type Question = Parameters<typeof encode>[0] & { id: number };

function question(name: string, spanContext: SpanContext): Question {
  return {
    type: 'query',
    id: randomInt(0x10000),
    flags: 0x0100, // RD: please walk for me
    questions: [{ type: 'A', class: 'IN', name }],
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: UDP_PAYLOAD,
        flags: 0,
        options: [{ code: TRACE_OPTION, data: encodeTraceOption(spanContext) }],
      } as never,
    ],
  };
}

async function askOverUdp(query: Question, { host, port }: Endpoint, signal: AbortSignal): Promise<DecodedPacket> {
  const socket = createSocket('udp4');
  try {
    socket.connect(port, host);
    await once(socket, 'connect', { signal });
    socket.send(encode(query));
    for (;;) {
      const [message] = (await once(socket, 'message', { signal })) as [Buffer];
      const answer = decode(message);
      if (answers(query, answer)) return answer;
    }
  } finally {
    socket.close();
  }
}

async function askOverTcp(query: Question, { host, port }: Endpoint, signal: AbortSignal): Promise<DecodedPacket> {
  const socket = connect({ host, port, signal });
  try {
    socket.write(streamEncode(query));
    let received = Buffer.alloc(0);
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk as Buffer]);
      if (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) break;
    }
    const answer = decode(received.subarray(2));
    if (!answers(query, answer)) throw new Error('an answer to another question');
    return answer;
  } finally {
    socket.destroy();
  }
}

function answers(query: Question, { id, type, questions }: DecodedPacket): boolean {
  const [asked, answered] = [query.questions?.[0]?.name, questions?.[0]?.name];
  return type === 'response' && id === query.id && (answered === undefined || answered.toLowerCase() === asked);
}

function read(answer: DecodedPacket): LookupAnswer {
  const addresses = (answer.answers ?? []).flatMap((record) => (record.type === 'A' ? [record.data] : []));
  const { rcode } = answer as DecodedPacket & { rcode: string };
  return { code: rcode === 'NOERROR' && addresses.length === 0 ? 'NODATA' : rcode, addresses };
}
