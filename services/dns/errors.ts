// Why the phonebook can fail to answer: what stands on its spans (`error.type`) and in its replies (RFC 8914).

import { defineFailures, failureText } from '../../runtime/failures.ts';

/** `ede`: the failure's Extended DNS Error code. */
export const FAILURES = defineFailures({
  timeout: {
    ede: 22,
    title: 'The name server did not answer',
    fix: 'Is it running, and are no datagrams lost on purpose? See GET /faults on the control port.',
  },
  EHOSTUNREACH: {
    ede: 22,
    title: 'No route to the name server',
    fix: 'Its address is not on the map: see WAYBILL_ADDRESSES.',
  },
  ECONNREFUSED: {
    ede: 23,
    title: 'Nobody listens at the address of the name server',
    fix: 'Is the service dns listening there? See WAYBILL_ADDRESSES.',
  },
  ECONNRESET: {
    ede: 23,
    title: 'The name server closed the connection',
    fix: 'Ask again; look at its log if it stays so.',
  },
  lame: {
    ede: 22,
    title: 'The name server does not answer for its zone',
    fix: 'A delegation names the wrong server: mend the NS record in the zone above.',
  },
  refused: {
    ede: 22,
    title: 'The name server refused',
    fix: 'A delegation names the wrong server: mend the NS record in the zone above.',
  },
  malformed: {
    ede: 24,
    title: 'The answer of the name server can not be read',
    fix: 'This is a defect of that server.',
  },
  truncated: { ede: 24, title: 'The answer is cut even over TCP', fix: 'This is a defect of that server.' },
  no_address: {
    ede: 22,
    title: 'No name server of the zone has an address',
    fix: 'Give the NS record in the zone above its glue (an A record).',
  },
  busy: {
    ede: 14,
    title: 'The phonebook has too many questions in hand',
    fix: 'Ask again later; somebody asks for thousands of names at once.',
  },
  alias_loop: {
    ede: 0,
    title: 'The aliases (CNAME) go round in a circle, or on for too long',
    fix: 'Mend the CNAME records.',
  },
  too_long: {
    ede: 0,
    title: 'The walk took too many questions',
    fix: 'Delegations lead in a circle: mend the NS records.',
  },
});

export type FailureCode = keyof typeof FAILURES;

export function isFailureCode(code: string): code is FailureCode {
  return Object.hasOwn(FAILURES, code);
}

/** A question that found no answer; `code` is the `error.type` of its span. */
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
