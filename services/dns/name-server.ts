// An authoritative name server: it answers for one zone, from its zone file, and refuses all other names (RFC 1034, 4.3.1).
// The root, test. and each domain have one, on sockets of their own, as they would have on different machines.

import { ATTR_NETWORK_TRANSPORT } from '@opentelemetry/semantic-conventions';
import { dns } from '../../otel/contract/index.ts';
import * as names from '../../otel/contract/names.ts';
import { decodeTraceOption } from '../../otel/propagation/dns.ts';
import { HEADER, type Rcode, typeName } from '../../otel/propagation/dns-numbers.ts';
import { endSpan, startSpan } from '../../otel/span.ts';
import type { Faults } from './faults.ts';
import { questionName } from './message/query.ts';
import { encodeRecords, writeReply } from './message/reply.ts';
import { CLASS_ANY, createReceive, type Receive } from './protocol.ts';
import type { DnsRecord } from './records.ts';
import type { Zone, ZoneAnswer } from './zone/zone.ts';

/** Answers for the zone that `currentZone` returns: after a reload another one. */
export function createNameServer(currentZone: () => Zone, faults: Faults): Receive {
  const receive = createReceive({ recursionAvailable: false }, (query, { transport, limit, send }) => {
    const zone = currentZone();
    const name = questionName(query);
    const type = typeName(query.type);
    const span = startSpan(dns.answer, {
      parent: decodeTraceOption(query.trace),
      attributes: {
        [names.ATTR_DNS_ZONE]: zone.name,
        [names.ATTR_DNS_QUESTION_NAME]: name,
        [names.ATTR_DNS_QUESTION_TYPE]: type,
        [ATTR_NETWORK_TRANSPORT]: transport,
      },
    });
    const answer = withFaults(zone, faults, () => zone.find(name, type));
    const { kind } = answer;
    const rcode: Rcode = kind === 'nxdomain' ? 'NXDOMAIN' : kind === 'refused' ? 'REFUSED' : 'NOERROR';
    const reply = {
      rcode,
      authoritative: kind !== 'referral' && kind !== 'refused' && query.class !== CLASS_ANY,
      records: encodeRecords(name, answer, kind === 'referral'),
      ...(kind === 'refused' && { ede: { code: 20, text: `not authoritative for a name outside ${zone.name}` } }),
    };
    const bytes = writeReply(query, reply, limit);
    if (faults.of('wrong', zone.name)) bytes[HEADER + 1] = (bytes[HEADER + 1] ?? 0) ^ 1; // another first byte
    if (span.isRecording()) {
      span.setAttributes({
        [names.ATTR_DNS_ANSWER_KIND]: kind,
        [names.ATTR_DNS_RESPONSE_CODE]: rcode,
        [names.ATTR_DNS_MESSAGE_QUERY]: query.bytes.toString('hex'),
        [names.ATTR_DNS_MESSAGE_REPLY]: bytes.toString('hex'),
      });
    }
    const finish = () => {
      endSpan(span); // before the client has the reply and ends its span
      send(bytes);
    };
    const slow = faults.of('slow', zone.name);
    if (slow > 0) setTimeout(finish, slow);
    else finish();
  });
  return (bytes, transport, send) => {
    if (transport === 'udp' && Math.random() * 100 < faults.of('lost', currentZone().name)) return;
    receive(bytes, transport, send);
  };
}

function withFaults({ name }: Zone, faults: Faults, find: () => ZoneAnswer): ZoneAnswer {
  if (faults.of('lame', name)) return { kind: 'refused', answers: [], authorities: [], additionals: [] };
  const answer = find();
  if (!faults.of('expired', name)) return answer;
  const expired = (records: DnsRecord[]) => records.map((record) => ({ ...record, ttl: 0 }));
  return { ...answer, answers: expired(answer.answers), authorities: expired(answer.authorities) };
}
