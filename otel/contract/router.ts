// The post offices: the spans of the service `router`, one for each office on the way, all below the visitor's `connect`.

import * as semconv from '@opentelemetry/semantic-conventions';
import * as names from './names.ts';
import { defineSpan } from './spec.ts';

export const forward = defineSpan({
  service: 'router',
  name: 'forward',
  parents: ['visitor connect', 'root'],
  presence: { attribute: names.ATTR_WAY, in: ['offices'] },
  sentence: 'A post office looks at the address, and at its own table only, and passes the letter to the next office.',
  attributes: {
    [semconv.ATTR_SERVICE_INSTANCE_ID]: 'the office',
    [semconv.ATTR_SERVER_ADDRESS]: 'the address on the letter',
    [semconv.ATTR_SERVER_PORT]: 'its port',
    [names.ATTR_ROUTER_HOPS_LEFT]: 'how many offices may still come; a letter that goes in circles ends at 0',
  },
  sometimes: {
    [names.ATTR_ROUTER_NEXT_HOP]: 'when a way was found: the next office, or the mailbox',
    [names.ATTR_ROUTER_WHY]: 'likewise why this one',
    [names.ATTR_ROUTER_COST]: 'likewise the cost of the whole way from here',
    [semconv.ATTR_NETWORK_PEER_ADDRESS]: 'likewise where it is really listened on',
    [semconv.ATTR_NETWORK_PEER_PORT]: 'likewise its port',
    [semconv.ATTR_ERROR_TYPE]: 'when none was found: no_way, no_route, hops_exceeded …',
  },
  events: ['way tried'],
});
