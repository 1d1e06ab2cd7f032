// An authoritative server: it answers for one zone, from its file, and for nothing else (RFC 1034, 4.3.1).
// The root, test. and each domain have one, on sockets of their own, as if they stood in different places of the world.

import { dns } from '../../otel/contract/index.ts';
import * as names from '../../otel/contract/names.ts';
import { decodeTraceOption } from '../../otel/propagation/dns.ts';
import { endSpan, startSpan } from '../../otel/span.ts';
import { nameOf } from './message/query.ts';
import { encodeRecords, type Rcode, writeReply } from './message/reply.ts';
import { type Receive, receiver } from './protocol.ts';
import { typeName } from './records.ts';
import type { Finding, Zone } from './zone/zone.ts';

const RCODE_OF: Record<Finding['kind'], Rcode> = {
  answer: 'NOERROR',
  referral: 'NOERROR',
  nodata: 'NOERROR',
  nxdomain: 'NXDOMAIN',
  refused: 'REFUSED',
};

/** Answers for the zone that `current` gives, which may be another one after a reload. */
export function authority(current: () => Zone): Receive {
  return receiver((query, limit, send) => {
    const zone = current();
    const name = nameOf(query);
    const type = typeName(query.type);
    const span = startSpan(dns.answer, {
      parent: decodeTraceOption(query.edns?.trace),
      attributes: {
        [names.ATTR_DNS_ZONE]: zone.name,
        [names.ATTR_DNS_QUESTION_NAME]: name,
        [names.ATTR_DNS_QUESTION_TYPE]: type,
      },
    });
    const finding = zone.find(name, type);
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
    span.setAttributes({ [names.ATTR_DNS_ANSWER_KIND]: finding.kind, [names.ATTR_DNS_RESPONSE_CODE]: rcode });
    send(bytes);
    endSpan(span);
  });
}
