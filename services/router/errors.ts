// Why a router does not forward a connection: `error.type` of its span `forward`.

import { defineFailures, failureText } from '../../runtime/failures.ts';

export const FAILURES = defineFailures({
  no_route: {
    title: 'No route to the address in the routing table',
    fix: 'Add a route to services/router/routes.txt.',
  },
  no_next_hop: {
    title: 'No next hop accepts a connection',
    fix: 'Is the next router, or the proxy, running (npm run doctor)? Or is it stopped by a fault? npm run faults lists them, npm run faults -- --repair ends them.',
  },
  no_listener: {
    title: 'No process listens at the destination address and port',
    fix: 'Use one of the addresses in the file of WAYBILL_ADDRESSES.',
  },
  hops_exceeded: {
    title: 'Hop limit exceeded',
    fix: 'The routes form a loop: correct services/router/routes.txt.',
  },
  client_closed: {
    title: 'The client closed the connection before it was forwarded',
    fix: 'Nothing is to be done. If it happens often, check the client.',
  },
  proxy_header: {
    title: 'The connection does not begin with a PROXY protocol header',
    fix: 'Connect through the visitor, or directly to the site.',
  },
});

export type FailureCode = keyof typeof FAILURES;

/** A connection that `router` did not forward. */
export class ForwardFailure extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, router: string, detail = '') {
    super(`Router ${router}: ${failureText(FAILURES[code], detail)}`);
    this.name = 'ForwardFailure';
    this.code = code;
  }
}
