// The spans of the service `router`: one for each router on the route, all below the visitor's `connect`.

import * as semconv from '@opentelemetry/semantic-conventions';
import * as names from './names.ts';
import { failure, shown, text } from './phrases.ts';
import { defineSpan, type RecordedSpan, type SpanSpec } from './spec.ts';
import type { StopId } from './stops.ts';

/** The routers on the map. */
export const ROUTERS = ['corner', 'north', 'south', 'lighthouse', 'harbour'] as const satisfies readonly StopId[];

/** How much optical fibre light passes through in a millisecond: about two thirds of its speed in vacuum. */
const KM_PER_MS = 200;

/** How long the cable to the next hop is, where that has a delay. */
function distance({ attributes }: RecordedSpan): string {
  const delay = Number(attributes[names.ATTR_ROUTER_LINK_DELAY] ?? 0);
  const kilometres = (delay * KM_PER_MS).toLocaleString('en');
  return delay === 0 ? '' : ` The cable is ${kilometres} km long: ${delay} ms each way.`;
}

export const forward = defineSpan({
  service: 'router',
  name: 'forward',
  parents: ['visitor connect', 'root'],
  presence: { attribute: names.ATTR_ROUTE, in: ['routers'] },
  sentence:
    'A post office (router) looks up the address in its own routing table and passes the letter to the next one.',
  story: {
    before: (span) => {
      const name = text(span, semconv.ATTR_SERVICE_INSTANCE_ID);
      const around = span.events
        .filter(({ attributes: { outcome } }) => outcome !== undefined && outcome !== 'open')
        .map(({ attributes }) => `${shown(attributes.next_hop)} is closed (${shown(attributes.outcome)}); `)
        .join('');
      if (span.error !== null)
        return `Post office (router) ${name}: ${around}it cannot pass on what you send (${failure(span)}).`;
      const next = text(span, names.ATTR_ROUTER_NEXT_HOP);
      if (next === 'destination')
        return `Post office (router) ${name} passes what you send to the mailbox (port).${distance(span)}`;
      return `Post office (router) ${name}: ${around}it passes what you send on to ${next} (${text(span, names.ATTR_ROUTER_WHY)}).${distance(span)}`;
    },
  },
  place: (span) => ROUTERS.find((router) => router === span.attributes[semconv.ATTR_SERVICE_INSTANCE_ID]) ?? 'corner',
  stage: 'network',
  title: (span) => {
    const next = span.attributes[names.ATTR_ROUTER_NEXT_HOP];
    return `${text(span, semconv.ATTR_SERVICE_INSTANCE_ID)} → ${next === undefined ? '✗' : shown(next)}`;
  },
  detail: [names.ATTR_ROUTER_WHY],
  actor: (span) => text(span, semconv.ATTR_SERVICE_INSTANCE_ID),
  attributes: {
    [semconv.ATTR_SERVICE_INSTANCE_ID]: 'the router',
    [semconv.ATTR_SERVER_ADDRESS]: 'the destination address',
    [semconv.ATTR_SERVER_PORT]: 'the destination port',
    [names.ATTR_ROUTER_HOPS_LEFT]: 'how many routers may still follow; a routing loop ends at 0',
  },
  sometimes: {
    [names.ATTR_ROUTER_NEXT_HOP]: 'when a next hop accepted: its name, or `destination`',
    [names.ATTR_ROUTER_WHY]: 'when a next hop accepted: why it was chosen',
    [names.ATTR_ROUTER_COST]: 'when a next hop accepted: the cost of the route',
    [names.ATTR_ROUTER_LINK_DELAY]: 'when the link to the next hop is long: ms in each direction',
    [semconv.ATTR_NETWORK_PEER_ADDRESS]: 'when a next hop accepted: the address where it listens',
    [semconv.ATTR_NETWORK_PEER_PORT]: 'when a next hop accepted: the port where it listens',
    [semconv.ATTR_ERROR_TYPE]: 'when the connection is not forwarded: no_next_hop, no_route, hops_exceeded …',
  },
  events: ['route tried'],
});

/** In the order of a journey. */
export const spans: readonly SpanSpec[] = [forward];
