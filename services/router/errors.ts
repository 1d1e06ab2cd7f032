// Why a post office does not pass a letter on: `error.type` of its span `forward`.

import { defineFailures, failureText } from '../../runtime/failures.ts';

export const FAILURES = defineFailures({
  no_route: { title: 'No line of its routing table fits the address', fix: 'Add one to services/router/routes.txt.' },
  no_way: {
    title: 'All ways onward are closed',
    fix: 'Is the next office, or the proxy, running? See GET /faults on the control port.',
  },
  no_mailbox: {
    title: 'Nobody lives at that address and port',
    fix: 'Ask for one that is on the map: WAYBILL_ADDRESSES.',
  },
  hops_exceeded: {
    title: 'The letter has been through too many offices',
    fix: 'Routes lead in a circle: mend services/router/routes.txt.',
  },
  sender_gone: {
    title: 'The sender went before a way was found',
    fix: 'Nothing; look at the sender if it happens often.',
  },
  proxy_header: {
    title: 'The letter has no PROXY protocol header',
    fix: 'Send letters through an office as the visitor does, or directly to the site.',
  },
});

export type FailureCode = keyof typeof FAILURES;

/** A letter that was not passed on by `office`. */
export class ForwardFailure extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, office: string, detail = '') {
    super(`The post office ${office}: ${failureText(FAILURES[code], detail)}`);
    this.name = 'ForwardFailure';
    this.code = code;
  }
}
