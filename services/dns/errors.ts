// Why the phonebook can fail to answer: what stands on its spans (`error.type`) and in its replies (RFC 8914).

/** Each failure: its Extended DNS Error code, what it means, what to do. */
export const FAILURES = {
  timeout: [
    22,
    'The name server did not answer',
    'Is it running, and are no datagrams lost on purpose? See GET /faults on the control port.',
  ],
  EHOSTUNREACH: [22, 'No route to the name server', 'Its address is not on the map: see WAYBILL_ADDRESSES.'],
  ECONNREFUSED: [
    23,
    'Nobody listens at the address of the name server',
    'Is the service dns listening there? See WAYBILL_ADDRESSES.',
  ],
  ECONNRESET: [23, 'The name server closed the connection', 'Ask again; look at its log if it stays so.'],
  lame: [
    22,
    'The name server does not answer for its zone',
    'A delegation names the wrong server: mend the NS record in the zone above.',
  ],
  refused: [
    22,
    'The name server refused',
    'A delegation names the wrong server: mend the NS record in the zone above.',
  ],
  malformed: [24, 'The answer of the name server can not be read', 'This is a defect of that server.'],
  truncated: [24, 'The answer is cut even over TCP', 'This is a defect of that server.'],
  no_address: [
    22,
    'No name server of the zone has an address',
    'Give the NS record in the zone above its glue (an A record).',
  ],
  busy: [
    14,
    'The phonebook has too many questions in hand',
    'Ask again later; somebody asks for thousands of names at once.',
  ],
  alias_loop: [0, 'The aliases (CNAME) go round in a circle, or on for too long', 'Mend the CNAME records.'],
  too_long: [0, 'The walk took too many questions', 'Delegations lead in a circle: mend the NS records.'],
} as const satisfies Record<string, readonly [ede: number, title: string, todo: string]>;

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
    const [ede, title, todo] = FAILURES[code];
    super(`${title}${where && ` (${where})`}. ${todo}`);
    this.name = 'DnsFailure';
    this.code = code;
    this.ede = { code: ede, text: where ? `${where}: ${title}` : title };
  }
}
