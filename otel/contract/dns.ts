// The phonebook: the spans of the service `dns`. The resolver walks from the root to the domain's own server.

import { SpanKind } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import * as names from './names.ts';
import { defineSpan, type RecordedSpan, type SpanSpec } from './spec.ts';
import type { StopId } from './stops.ts';
import { failure, list, text } from './telling.ts';

const question = {
  [names.ATTR_DNS_QUESTION_NAME]: 'the name asked for',
  [names.ATTR_DNS_QUESTION_TYPE]: 'the kind of record asked for: A, AAAA, MX …',
};

/** What a server's span says of the two messages; traces/wire/dns.ts tells what the bytes mean. */
const messages = {
  [semconv.ATTR_NETWORK_TRANSPORT]: 'udp, or tcp where the answer was too long for a datagram',
  [names.ATTR_DNS_MESSAGE_QUERY]: 'the bytes that came, in hex',
  [names.ATTR_DNS_MESSAGE_REPLY]: 'the bytes that were sent back, in hex',
};

export const resolve = defineSpan({
  service: 'dns',
  name: 'resolve',
  kind: SpanKind.SERVER,
  parents: ['visitor DNS lookup', 'root'],
  sentence: 'The phonebook looks whether it remembers the name; if not, it asks those who know.',
  story: {
    before: (span) => {
      const [answer] = list(span.attributes[names.ATTR_DNS_ANSWERS]);
      switch (span.attributes[names.ATTR_DNS_CACHE]) {
        case 'hit':
          return `The phonebook remembers it: ${answer ?? text(span, names.ATTR_DNS_RESPONSE_CODE)}. Nobody else need be asked.`;
        case 'miss':
          return 'The phonebook does not remember the name; it asks, from the root down.';
        case 'partial':
          return 'The phonebook remembers a part of the way: it knows whom to ask next.';
        case 'joined':
          return 'Somebody asks the phonebook for the same name just now; this question waits for that answer.';
        default:
          return 'The phonebook is asked, and told not to ask others.';
      }
    },
  },
  place: 'resolver',
  stage: 'phonebook',
  detail: [names.ATTR_DNS_CACHE],
  attributes: {
    ...question,
    [names.ATTR_DNS_CACHE]:
      'hit: remembered; partial: it remembered whom to ask; miss: asked from the root; joined: waited for the same question; none: it was told not to ask',
    [names.ATTR_DNS_RESPONSE_CODE]: 'NOERROR, NXDOMAIN, SERVFAIL …',
    [names.ATTR_DNS_ANSWERS]: 'the records found, as text',
    ...messages,
  },
  sometimes: {
    [names.ATTR_DNS_TTL]: 'when there is an answer to remember: for how many seconds still',
    [semconv.ATTR_ERROR_TYPE]: 'when it failed: timeout, lame … (services/dns/errors.ts)',
  },
});

export const ask = defineSpan({
  service: 'dns',
  name: 'ask {zone}',
  kind: SpanKind.CLIENT,
  parents: ['dns resolve'],
  presence: { attribute: names.ATTR_DNS_CACHE, in: ['miss', 'partial'] },
  sentence: 'It asks the server of one zone, which knows the answer or knows whom to ask next.',
  story: {
    before: (span, { children }) => {
      const zone = text(span, names.ATTR_DNS_ZONE);
      const server = zone === '.' ? 'the root server' : `the server of ${zone}`;
      const whom = `${server} (${text(span, semconv.ATTR_SERVER_ADDRESS)})`;
      return isLost(span, children) ? `It asks ${whom}, but no answer comes: ${failure(span)}.` : `It asks ${whom}.`;
    },
  },
  place: (span, { children }) => (isLost(span, children) ? serverStop(span) : 'resolver'),
  stage: 'phonebook',
  detail: [semconv.ATTR_SERVER_ADDRESS],
  attributes: {
    ...question,
    [names.ATTR_DNS_ZONE]: 'the zone whose server is asked',
    [semconv.ATTR_SERVER_ADDRESS]: 'the name server: ns.test.',
    [semconv.ATTR_SERVER_PORT]: 'its port (53)',
    [names.ATTR_DNS_SERVER_IP]: 'its address',
    [semconv.ATTR_NETWORK_TRANSPORT]: 'udp; tcp where the answer was too long for a datagram',
  },
  sometimes: {
    [semconv.ATTR_NETWORK_PEER_ADDRESS]: 'when the address is on the map: where it is really listened on',
    [semconv.ATTR_NETWORK_PEER_PORT]: 'likewise its port',
    [names.ATTR_DNS_RESPONSE_CODE]: 'when an answer came',
    [semconv.ATTR_ERROR_TYPE]: 'when none came, or none that helps: timeout, lame …',
  },
  events: ['answer ignored'],
});

export const answer = defineSpan({
  service: 'dns',
  name: 'answer',
  kind: SpanKind.SERVER,
  parents: ['dns ask {zone}', 'root'],
  sentence: 'That server answers from its zone file: the address, or the servers of the zone below.',
  story: {
    before: (span) => {
      switch (span.attributes[names.ATTR_DNS_ANSWER_KIND]) {
        case 'referral':
          return 'It does not know the address, but it knows who does (a referral).';
        case 'answer':
          return 'It knows: here is the address.';
        case 'nxdomain':
          return 'There is no such name, it says (NXDOMAIN).';
        case 'nodata':
          return 'The name is there, it says, but it has no address.';
        case 'refused':
          return 'It refuses to answer.';
        default:
          return 'It answers.';
      }
    },
  },
  place: serverStop,
  stage: 'phonebook',
  refuses: ({ attributes }) => ['nxdomain', 'refused'].includes(String(attributes[names.ATTR_DNS_ANSWER_KIND])),
  title: (span) => `${text(span, names.ATTR_DNS_ZONE)} answers`,
  detail: [names.ATTR_DNS_ANSWER_KIND],
  actor: (span) => (span.attributes[names.ATTR_DNS_ZONE] === '.' ? 'root .' : text(span, names.ATTR_DNS_ZONE)),
  attributes: {
    ...question,
    [names.ATTR_DNS_ZONE]: 'the zone that answers',
    [names.ATTR_DNS_RESPONSE_CODE]: 'NOERROR, NXDOMAIN, REFUSED …',
    [names.ATTR_DNS_ANSWER_KIND]: 'answer, referral, nxdomain, nodata, refused',
    ...messages,
  },
  sometimes: {},
});

/** In the order of a journey. */
export const spans: readonly SpanSpec[] = [resolve, ask, answer];

/** A question that reached no server, or whose answer did not come. */
function isLost({ error }: RecordedSpan, children: readonly RecordedSpan[]): boolean {
  return error !== null && children.length === 0;
}

function serverStop(span: RecordedSpan): StopId {
  const zone = span.attributes[names.ATTR_DNS_ZONE];
  if (zone === '.') return 'root';
  return zone === 'test.' ? 'test' : 'domain';
}
