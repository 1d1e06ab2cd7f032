// Why a visit can end without an answer, or not begin at all.

import { defineFailures, type Failure, failureText } from '../../runtime/failures.ts';
import { own } from '../../traces/own.ts';

export const FAILURES = defineFailures({
  NXDOMAIN: {
    title: 'Nobody has this name',
    fix: 'Names resolve only inside the lab: tatis.test, www.tatis.test, djangogirls.test.',
  },
  NODATA: { title: 'The name has no address', fix: 'Ask for a name that has an A record.' },
  SERVFAIL: {
    title: 'The phonebook found no answer',
    fix: 'Read its spans: a name server did not answer, or answered nonsense.',
  },
  REFUSED: { title: 'The phonebook would not answer', fix: 'Ask for a name inside the lab.' },
  FORMERR: {
    title: 'The phonebook did not understand the question',
    fix: 'This is a defect; please report it with the trace.',
  },
  invalid_name: {
    title: 'This is no name that can be asked for',
    fix: 'Each part between dots has 1 to 63 bytes, the whole at most 253 letters.',
  },
  lookup_timeout: { title: 'The phonebook did not answer', fix: 'Is the service dns running? See WAYBILL_RESOLVER.' },
  EHOSTUNREACH: { title: 'No route to host', fix: 'The address is not on the map: see WAYBILL_ADDRESSES.' },
  ECONNREFUSED: {
    title: 'Nobody listens there',
    fix: 'Is the port right? Is the service proxy running? See WAYBILL_ADDRESSES.',
  },
  connect_timeout: { title: 'Nobody answered the connection', fix: 'Is the service proxy running?' },
  CERT_HAS_EXPIRED: {
    title: 'The certificate is past its end',
    fix: 'A browser would not go on either: whoever runs the site must renew it.',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    title: 'The certificate is for another name',
    fix: 'Perhaps somebody else opened: nothing was sent. Its names are in the span "TLS handshake".',
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    title: 'Nobody known vouches for this certificate',
    fix: "Is it the lab's own? See npm run ca, and WAYBILL_CA.",
  },
  no_authority: {
    title: 'There is no authority to believe',
    fix: 'The web server makes it when it starts. See WAYBILL_CA.',
  },
  tls_timeout: { title: 'The TLS handshake timed out', fix: 'Does a TLS server listen there?' },
  answer_timeout: {
    title: 'No answer came in time',
    fix: 'Look at the trace for who did not answer; see WAYBILL_ANSWER_TIMEOUT.',
  },
  ECONNRESET: {
    title: 'The connection broke before the answer was whole',
    fix: 'Look at the trace for who closed it.',
  },
});

/** A visit that ended without an answer; `code` is the `error.type` of its spans. */
export class VisitFailure extends Error {
  readonly code: string;

  constructor(code: string) {
    super(failureText(own<Omit<Failure, 'code'>>(FAILURES, code) ?? { title: code, fix: 'Look at the trace.' }));
    this.name = 'VisitFailure';
    this.code = code;
  }
}
