// Why a post office does not pass a letter on: `error.type` of its span `forward`.

/** Each failure: its code, what it means, what to do. */
export const FAILURES = {
  no_route: ['No line of its routing table fits the address', 'Add one to services/router/routes.txt.'],
  no_way: [
    'All ways onward are closed',
    'Is the next office, or the proxy, running? See GET /offices on the control port.',
  ],
  no_mailbox: ['Nobody lives at that address and port', 'Ask for one that is on the map: WAYBILL_ADDRESSES.'],
  hops_exceeded: [
    'The letter has been through too many offices',
    'Routes lead in a circle: mend services/router/routes.txt.',
  ],
  sender_gone: ['The sender went before a way was found', 'Nothing; look at the sender if it happens often.'],
  proxy_header: [
    'The letter has no PROXY protocol header',
    'Send letters through an office as the visitor does, or directly to the site.',
  ],
} as const satisfies Record<string, readonly [title: string, todo: string]>;

export type FailureCode = keyof typeof FAILURES;

/** A letter that was not passed on by `office`. */
export class ForwardFailure extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, office: string, detail = '') {
    const [title, todo] = FAILURES[code];
    super(`The post office ${office}: ${title}${detail && ` (${detail})`}. ${todo}`);
    this.name = 'ForwardFailure';
    this.code = code;
  }
}
