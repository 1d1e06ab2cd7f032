// An authoritative server: it answers for one zone, from its file, and for nothing else (RFC 1034, 4.3.1).
// The root, test. and each domain have one, on sockets of their own, as if they stood in different places of the world.

import { ATTR_NETWORK_TRANSPORT } from '@opentelemetry/semantic-conventions';
import { dns } from '../../otel/contract/index.ts';
import * as names from '../../otel/contract/names.ts';
import { decodeTraceOption } from '../../otel/propagation/dns.ts';
import { HEADER, type Rcode, typeName } from '../../otel/propagation/dns-numbers.ts';
import { endSpan, startSpan } from '../../otel/span.ts';
import type { Faults } from './faults.ts';
import { nameOf } from './message/query.ts';
import { encodeRecords, writeReply } from './message/reply.ts';
import { type Receive, receiver } from './protocol.ts';
import type { DnsRecord } from './records.ts';
import type { Finding, Zone } from './zone/zone.ts';

const RCODE_OF: Record<Finding['kind'], Rcode> = {
  answer: 'NOERROR',
  referral: 'NOERROR',
  nodata: 'NOERROR',
  nxdomain: 'NXDOMAIN',
  refused: 'REFUSED',
};

/** Answers for the zone that `current` gives, which may be another one after a reload. */
export function authority(current: () => Zone, faults: Faults): Receive {
  const receive = receiver({ recursionAvailable: false }, (query, { transport, limit, send }) => {
    const zone = current();
    const name = nameOf(query);
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
    const finding = find(zone, { name, type }, faults);
    const rcode = RCODE_OF[finding.kind];
    const bytes = writeReply(
      query,
      {
        rcode,
        authoritative: finding.kind !== 'referral' && finding.kind !== 'refused',
        records: encodeRecords(name, finding, finding.kind === 'referral'),
        ...(finding.kind === 'refused' && { ede: { code: 20, text: `not in the zone ${zone.name}` } }),
      },
      limit,
    );
    if (faults.of('wrong', zone.name)) bytes[HEADER + 1] = (bytes[HEADER + 1] ?? 0) ^ 1; // another first letter
    if (span.isRecording()) {
      span.setAttributes({
        [names.ATTR_DNS_ANSWER_KIND]: finding.kind,
        [names.ATTR_DNS_RESPONSE_CODE]: rcode,
        [names.ATTR_DNS_MESSAGE_QUERY]: query.bytes.toString('hex'),
        [names.ATTR_DNS_MESSAGE_REPLY]: bytes.toString('hex'),
      });
    }
    const finish = () => {
      endSpan(span); // before the client has the answer, and its span ends
      send(bytes);
    };
    const slow = faults.of('slow', zone.name);
    if (slow > 0) setTimeout(finish, slow);
    else finish();
  });
  return (bytes, transport, send) => {
    if (transport === 'udp' && Math.random() * 100 < faults.of('lost', current().name)) return;
    receive(bytes, transport, send);
  };
}

function find(zone: Zone, { name, type }: { name: string; type: string }, faults: Faults): Finding {
  if (faults.of('lame', zone.name)) return { kind: 'refused', answers: [], authorities: [], additionals: [] };
  const finding = zone.find(name, type);
  if (!faults.of('expired', zone.name)) return finding;
  const expired = (records: DnsRecord[]) => records.map((record) => ({ ...record, ttl: 0 }));
  return { ...finding, answers: expired(finding.answers), authorities: expired(finding.authorities) };
}
