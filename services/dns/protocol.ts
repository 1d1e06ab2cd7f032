// What every server of the phonebook does with a message before it looks anything up: read it, or say why not.

import { OPT, type Rcode } from '../../otel/propagation/dns-numbers.ts';
import type { Transport } from '../../runtime/dns/exchange.ts';
import { opcodeOf } from '../../runtime/dns/message.ts';
import { log } from '../../runtime/log.ts';
import { isQuery, type Query, readQuery } from './message/query.ts';
import { limitOf, type Reply, writeReply } from './message/reply.ts';

/** What a socket does with a message: `send` is called at most once, at any time. */
export type Receive = (bytes: Buffer, transport: Transport, send: (reply: Buffer) => void) => void;

/** How a query came, how long its reply may be in bytes, and where to send it. */
export type QueryContext = { transport: Transport; limit: number; send: (reply: Buffer) => void };

const QUERY = 0;

/** Queries that no server here looks up, in the order in which they are checked. */
const REFUSALS: readonly { applies: (query: Query) => boolean; reply: Reply }[] = [
  { applies: ({ bytes }) => opcodeOf(bytes) !== QUERY, reply: refusal('NOTIMP', 21, 'only QUERY is here') },
  { applies: ({ edns }) => edns !== undefined && edns.version !== 0, reply: { rcode: 'BADVERS' } },
  { applies: ({ malformed }) => malformed !== undefined, reply: { rcode: 'FORMERR' } },
  { applies: (query) => query.class !== 1, reply: refusal('REFUSED', 21, 'only class IN is here') },
  { applies: ({ type }) => type === 251 || type === 252, reply: refusal('REFUSED', 18, 'zones are not handed over') },
  { applies: ({ type }) => type === 253 || type === 254, reply: refusal('NOTIMP', 21, 'obsolete (RFC 1035, 3.2.3)') },
  { applies: ({ type }) => type === 0 || type === OPT, reply: refusal('FORMERR', 0, 'no type that can be asked for') },
  {
    applies: ({ type }) => type === 249 || type === 250,
    reply: refusal('FORMERR', 0, 'no type that can be asked for'),
  },
];

/**
 * Makes a `Receive` of `look`, which gets a query that is to be looked up. No answer: to less than a header, and to replies.
 * A refusal (NOTIMP, BADVERS, FORMERR, REFUSED) is said here, and keeps of the query what could be read: question and OPT.
 */
export function receiver(
  { recursionAvailable }: { recursionAvailable: boolean },
  look: (query: Query, context: QueryContext) => void,
): Receive {
  return (bytes, transport, send) => {
    if (!isQuery(bytes)) return;
    const query = readQuery(bytes);
    const limit = limitOf(query, transport);
    const refused = REFUSALS.find(({ applies }) => applies(query));
    if (refused) return send(writeReply(query, { ...refused.reply, recursionAvailable }, limit));
    try {
      look(query, { transport, limit, send });
    } catch (error) {
      log.error({ err: error, message: bytes.toString('hex') }, 'a query could not be handled');
      send(writeReply(query, { rcode: 'SERVFAIL', recursionAvailable }, limit));
    }
  };
}

function refusal(rcode: Rcode, code: number, text: string): Reply {
  return { rcode, ede: { code, text } };
}
