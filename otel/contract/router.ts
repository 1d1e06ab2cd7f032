// The post offices: the spans of the service `router`, one for each office on the way, all below the visitor's `connect`.

import * as semconv from '@opentelemetry/semantic-conventions';
import * as names from './names.ts';
import { defineSpan, type SpanSpec } from './spec.ts';
import type { StopId } from './stops.ts';
import { failure, shown, text } from './telling.ts';

/** The post offices that are on the map. */
export const OFFICES = ['corner', 'north', 'south', 'lighthouse', 'harbour'] as const satisfies readonly StopId[];

export const forward = defineSpan({
  service: 'router',
  name: 'forward',
  parents: ['visitor connect', 'root'],
  presence: { attribute: names.ATTR_WAY, in: ['offices'] },
  sentence: 'A post office looks at the address, and at its own table only, and passes the letter to the next office.',
  story: {
    before: (span) => {
      const office = text(span, semconv.ATTR_SERVICE_INSTANCE_ID);
      const around = span.events
        .filter(({ attributes: { outcome } }) => outcome !== undefined && outcome !== 'open')
        .map(({ attributes }) => `${shown(attributes.next_hop)} does not open (${shown(attributes.outcome)}); `)
        .join('');
      if (span.error !== null) return `Post office ${office}: ${around}it finds no way on (${failure(span)}).`;
      const next = text(span, names.ATTR_ROUTER_NEXT_HOP);
      if (next === 'mailbox') return `Post office ${office} puts the letter into the mailbox.`;
      return `Post office ${office}: ${around}it passes the letter on to ${next}: ${text(span, names.ATTR_ROUTER_WHY)}.`;
    },
  },
  place: (span) => OFFICES.find((office) => office === span.attributes[semconv.ATTR_SERVICE_INSTANCE_ID]) ?? 'corner',
  stage: 'way',
  title: (span) => {
    const next = span.attributes[names.ATTR_ROUTER_NEXT_HOP];
    return `${text(span, semconv.ATTR_SERVICE_INSTANCE_ID)} → ${next === undefined ? '✗' : shown(next)}`;
  },
  detail: [names.ATTR_ROUTER_WHY],
  actor: (span) => text(span, semconv.ATTR_SERVICE_INSTANCE_ID),
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

/** In the order of a journey. */
export const spans: readonly SpanSpec[] = [forward];
