// Why a lookup can fail: the `error.type` of its spans, and the Extended DNS Error in its reply (RFC 8914).

import { defineFailures, failureText } from '../../runtime/failures.ts';

const SERVER_DEFECT =
  "The name server sent a broken answer. If it is one of the lab's, please report it with the trace; otherwise inform its operator.";

/** `ede`: the failure's Extended DNS Error code. */
export const FAILURES = defineFailures({
  timeout: {
    ede: 22,
    title: 'The name server did not answer',
    fix: 'Is it running (npm run doctor)? Or does a fault lose its packets? npm run faults lists them, npm run faults -- --repair ends them.',
  },
  EHOSTUNREACH: {
    ede: 22,
    title: 'No route to the name server',
    fix: 'Its address is not in the address map: correct its A record, or add the address to the file of WAYBILL_ADDRESSES.',
  },
  ECONNREFUSED: {
    ede: 23,
    title: 'The name server refused the connection',
    fix: 'Is the service dns running (npm run doctor)? If it is, correct the port of this address in the file of WAYBILL_ADDRESSES.',
  },
  ECONNRESET: {
    ede: 23,
    title: 'The name server closed the connection',
    fix: 'Try again. If it happens again, read the log of the name server.',
  },
  lame: {
    ede: 22,
    title: 'The name server is not authoritative for its zone',
    fix: 'Correct the NS record in the parent zone if it names the wrong server; otherwise load the zone on that server.',
  },
  refused: {
    ede: 22,
    title: 'The name server refused the query',
    fix: 'Is the fault dns.lame set (npm run faults)? If not: the NS record in the parent zone names the wrong server, or that server does not serve the zone.',
  },
  malformed: { ede: 24, title: 'The answer of the name server could not be parsed', fix: SERVER_DEFECT },
  truncated: { ede: 24, title: 'The answer is truncated even over TCP', fix: SERVER_DEFECT },
  no_address: {
    ede: 22,
    title: 'No name server of the zone has an address',
    fix: 'Give the name server an A record: in its own zone, and as glue in the parent zone if its name lies inside the delegated zone.',
  },
  busy: {
    ede: 14,
    title: 'The resolver has too many lookups in progress',
    fix: 'Try again later, with fewer queries.',
  },
  alias_loop: {
    ede: 0,
    title: 'The CNAME chain is a loop, or too long',
    fix: 'Correct the CNAME records: none may lead back to its own name, and at most 11 may follow one another.',
  },
  too_many_queries: {
    ede: 0,
    title: 'The lookup needs too many queries',
    fix: 'Delegations lead in a loop: correct the NS records.',
  },
});

export type FailureCode = keyof typeof FAILURES;

/** A lookup that failed; `code` is the `error.type` of its span. */
export class DnsFailure extends Error {
  readonly code: FailureCode;
  /** For an Extended DNS Error. */
  readonly ede: { code: number; text: string };

  constructor(code: FailureCode, where = '') {
    const { ede, title } = FAILURES[code];
    super(failureText(FAILURES[code], where));
    this.name = 'DnsFailure';
    this.code = code;
    this.ede = { code: ede, text: where ? `${where}: ${title}` : title };
  }
}
