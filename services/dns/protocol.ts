// What every DNS server here does with a message before it looks up the name: parses it, or refuses it with the reason.

import { CLASS_IN, OPT, type Rcode } from '../../otel/propagation/dns-numbers.ts';
import type { Transport } from '../../runtime/dns/exchange.ts';
import { opcodeOf } from '../../runtime/dns/message.ts';
import { log } from '../../runtime/log.ts';
import { isQuery, OPCODE_QUERY, parseQuery, type Query } from './message/query.ts';
import { type Reply, replyLimit, writeReply } from './message/reply.ts';

/** Handles a message of a socket: `send` is called at most once, at any time. */
export type Receive = (bytes: Buffer, transport: Transport, send: (reply: Buffer) => void) => void;

/** The transport of a query, how many bytes its reply may have, and the function that sends it. */
export type QueryContext = { transport: Transport; limit: number; send: (reply: Buffer) => void };

const META_TYPE = refusal('FORMERR', 0, 'not a type that can be queried');
const ZONE_TRANSFER = refusal('REFUSED', 18, 'zone transfers (AXFR, IXFR) are not supported');
const OBSOLETE = refusal('NOTIMP', 21, 'obsolete type (RFC 1035, 3.2.3)');
/** A query of class ANY is answered from class IN, without AA (RFC 1035, 3.2.5 and 6.2). */
export const CLASS_ANY = 255;
/** By type code; TKEY and TSIG are 249 and 250, MAILB and MAILA 253 and 254. */
const REFUSED_TYPES: Readonly<Record<number, Reply>> = {
  ...{ [OPT]: META_TYPE, 249: META_TYPE, 250: META_TYPE },
  ...{ 251: ZONE_TRANSFER, 252: ZONE_TRANSFER, 253: OBSOLETE, 254: OBSOLETE },
};

/** The refusal of a query that no server here looks up; undefined for one that is looked up. */
function refusalOf({ bytes, edns, malformed, class: queryClass, type }: Query): Reply | undefined {
  if (opcodeOf(bytes) !== OPCODE_QUERY) return refusal('NOTIMP', 21, 'only the opcode QUERY is supported');
  if (edns !== undefined && edns.version !== 0) return { rcode: 'BADVERS' };
  if (malformed !== undefined) return { rcode: 'FORMERR' };
  if (queryClass !== CLASS_IN && queryClass !== CLASS_ANY) return refusal('REFUSED', 21, 'only class IN is supported');
  return REFUSED_TYPES[type];
}

/**
 * Makes a `Receive` that passes queries to `lookUp`. A message of less than a header, or a reply, gets no answer. A refusal
 * (NOTIMP, BADVERS, FORMERR, REFUSED) is sent from here, with the question and OPT as far as they could be parsed.
 */
export function createReceive(
  { recursionAvailable }: { recursionAvailable: boolean },
  lookUp: (query: Query, context: QueryContext) => void,
): Receive {
  return (bytes, transport, send) => {
    if (!isQuery(bytes)) return;
    const query = parseQuery(bytes);
    const limit = replyLimit(query, transport);
    const refused = refusalOf(query);
    if (refused) return send(writeReply(query, { ...refused, recursionAvailable }, limit));
    try {
      lookUp(query, { transport, limit, send });
    } catch (error) {
      log.error({ err: error, message: bytes.toString('hex') }, 'a query failed');
      send(writeReply(query, { rcode: 'SERVFAIL', recursionAvailable }, limit));
    }
  };
}

function refusal(rcode: Rcode, code: number, text: string): Reply {
  return { rcode, ede: { code, text } };
}
