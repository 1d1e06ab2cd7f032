// Why a lookup can fail: the `error.type` of its spans, and the Extended DNS Error in its reply (RFC 8914).

import { defineFailures, failureText } from '../../runtime/failures.ts';

/** The fix of a delegation that leads to the wrong server. */
const WRONG_DELEGATION = 'A delegation names the wrong server: correct the NS record in the parent zone.';
const SERVER_DEFECT = 'This is a defect of that server.';

/** `ede`: the failure's Extended DNS Error code. */
export const FAILURES = defineFailures({
  timeout: {
    ede: 22,
    title: 'The name server did not answer',
    fix: 'Is it running? Are datagrams lost by a fault (GET /faults on the control port)?',
  },
  EHOSTUNREACH: {
    ede: 22,
    title: 'No route to the name server',
    fix: 'Its address is not in the address map: see WAYBILL_ADDRESSES.',
  },
  ECONNREFUSED: {
    ede: 23,
    title: 'The name server refused the connection',
    fix: 'Is the service dns listening there? See WAYBILL_ADDRESSES.',
  },
  ECONNRESET: { ede: 23, title: 'The name server closed the connection', fix: 'Try again; then read its log.' },
  lame: { ede: 22, title: 'The name server is not authoritative for its zone', fix: WRONG_DELEGATION },
  refused: { ede: 22, title: 'The name server refused the query', fix: WRONG_DELEGATION },
  malformed: { ede: 24, title: 'The answer of the name server could not be parsed', fix: SERVER_DEFECT },
  truncated: { ede: 24, title: 'The answer is truncated even over TCP', fix: SERVER_DEFECT },
  no_address: {
    ede: 22,
    title: 'No name server of the zone has an address',
    fix: 'Add glue (an A record of the name server) to the parent zone.',
  },
  busy: {
    ede: 14,
    title: 'The resolver has too many lookups in progress',
    fix: 'Try again later, with fewer queries.',
  },
  alias_loop: { ede: 0, title: 'The CNAME chain is a loop, or too long', fix: 'Correct the CNAME records.' },
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
