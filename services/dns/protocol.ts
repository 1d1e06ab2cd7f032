// What every server of the phonebook does with a message before it looks anything up: read it, or say why not.

import { log } from '../../runtime/log.ts';
import { isQuery, OPCODE_QUERY, opcodeOf, type Query, readQuery } from './message/query.ts';
import { limitOf, type Rcode, type Reply, writeBadVersion, writeHeader, writeReply } from './message/reply.ts';

export type Over = 'udp' | 'tcp';

/** What a socket does with a message: `send` is called at most once, at any time. */
export type Receive = (bytes: Buffer, over: Over, send: (reply: Buffer) => void) => void;

/** How a question came, how long its reply may be in bytes, and where to send it. */
export type Asking = { over: Over; limit: number; send: (reply: Buffer) => void };

/** Questions that no server here looks up, in the order in which they are checked. */
const REFUSALS: readonly { applies: (query: Query) => boolean; reply: Reply }[] = [
  { applies: (query) => query.class !== 1, reply: refusal('REFUSED', 21, 'only class IN is here') },
  { applies: ({ type }) => type === 251 || type === 252, reply: refusal('REFUSED', 18, 'zones are not handed over') },
  { applies: ({ type }) => type === 253 || type === 254, reply: refusal('NOTIMP', 21, 'obsolete (RFC 1035, 3.2.3)') },
  { applies: ({ type }) => type === 0 || type === 41, reply: refusal('FORMERR', 0, 'no type that can be asked for') },
  {
    applies: ({ type }) => type === 249 || type === 250,
    reply: refusal('FORMERR', 0, 'no type that can be asked for'),
  },
];

/**
 * Makes a `Receive` of `look`, which gets a question that is to be looked up.
 * No answer: to less than a header, and to answers. FORMERR, NOTIMP, BADVERS, REFUSED: said here.
 */
export function receiver(look: (query: Query, asking: Asking) => void): Receive {
  return (bytes, over, send) => {
    if (!isQuery(bytes)) return;
    if (opcodeOf(bytes) !== OPCODE_QUERY) return send(writeHeader(bytes, 'NOTIMP'));
    const query = readQuery(bytes);
    if (query === undefined) return send(writeHeader(bytes, 'FORMERR'));
    if (query.edns !== undefined && query.edns.version !== 0) return send(writeBadVersion(query));
    const limit = limitOf(query, over);
    for (const { applies, reply } of REFUSALS) {
      if (applies(query)) return send(writeReply(query, reply, limit));
    }
    try {
      look(query, { over, limit, send });
    } catch (error) {
      log.error({ err: error, message: bytes.toString('hex') }, 'a question could not be handled');
      send(writeReply(query, { rcode: 'SERVFAIL' }, limit));
    }
  };
}

function refusal(rcode: Rcode, code: number, text: string): Reply {
  return { rcode, ede: { code, text } };
}
