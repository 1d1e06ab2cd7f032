// Why a visit can end without an answer, or not begin at all.

/** Each failure: its code (`error.type` on the span), what it means, what to do. */
export const FAILURES = {
  NXDOMAIN: [
    'Nobody has this name',
    'Names resolve only inside the lab: tatis.test, www.tatis.test, djangogirls.test.',
  ],
  NODATA: ['The name has no address', 'Ask for a name that has an A record.'],
  SERVFAIL: ['The phonebook found no answer', 'Read its spans: a name server did not answer, or answered nonsense.'],
  REFUSED: ['The phonebook would not answer', 'Ask for a name inside the lab.'],
  FORMERR: ['The phonebook did not understand the question', 'This is a defect; please report it with the trace.'],
  invalid_name: [
    'This is no name that can be asked for',
    'Each part between dots has 1 to 63 bytes, the whole at most 253 letters.',
  ],
  lookup_timeout: ['The phonebook did not answer', 'Is the service dns running? See WAYBILL_RESOLVER.'],
  EHOSTUNREACH: ['No route to host', 'The address is not on the map: see WAYBILL_ADDRESSES.'],
  ECONNREFUSED: ['Nobody listens there', 'Is the service proxy running? See WAYBILL_ADDRESSES.'],
  connect_timeout: ['Nobody answered the connection', 'Is the service proxy running?'],
  answer_timeout: ['No answer came in time', 'Look at the trace for who did not answer; see WAYBILL_ANSWER_TIMEOUT.'],
  ECONNRESET: ['The connection broke before the answer was whole', 'Look at the trace for who closed it.'],
} as const satisfies Record<string, readonly [title: string, todo: string]>;

/** A visit that ended without an answer; `code` is the `error.type` of its spans. */
export class VisitFailure extends Error {
  readonly code: string;

  constructor(code: string) {
    const [title, todo] = FAILURES[code as keyof typeof FAILURES] ?? [code, 'Look at the trace.'];
    super(`${title}. ${todo}`);
    this.name = 'VisitFailure';
    this.code = code;
  }
}
