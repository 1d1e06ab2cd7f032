// The resolver and its name servers: the spans of the service `dns`. The resolver walks from the root to the domain's own server.

import { SpanKind } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import * as names from './names.ts';
import { failure, list, shown, text } from './phrases.ts';
import { defineSpan, type RecordedSpan, type SpanSpec } from './spec.ts';
import type { StopId } from './stops.ts';

const question = {
  [names.ATTR_DNS_QUESTION_NAME]: 'the name asked for',
  [names.ATTR_DNS_QUESTION_TYPE]: 'the kind of record asked for: A, AAAA, MX …',
};

/** The attributes of the two messages on a server's span; traces/wire/dns.ts decodes the bytes. */
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
  sentence:
    'The phonebook (resolver) checks whether it remembers the name. If not, it asks the name servers, from the root down.',
  story: {
    before: (span) => {
      const [answer] = list(span.attributes[names.ATTR_DNS_ANSWERS]);
      switch (span.attributes[names.ATTR_DNS_CACHE]) {
        case 'hit':
          return `The phonebook remembers the name (cache hit): ${answer ?? text(span, names.ATTR_DNS_RESPONSE_CODE)}. It need not ask anyone.`;
        case 'miss':
          return 'The phonebook does not remember the name (cache miss), so it starts at the root.';
        case 'partial':
          return 'The phonebook remembers half of it: which server to ask for this name.';
        case 'joined':
          return 'The phonebook is already looking for the same name, so this question waits for that answer.';
        default:
          return 'The question allows an answer from memory (cache) only, so the phonebook asks no server.';
      }
    },
    after: (span, { children }) => {
      if (children.length === 0) return '';
      const answers = list(span.attributes[names.ATTR_DNS_ANSWERS]);
      if (answers.length === 0)
        return `The phonebook ends its search without an address: ${shown(span.attributes[names.ATTR_DNS_RESPONSE_CODE] ?? failure(span))}.`;
      return `The phonebook has found it, and will remember it for ${text(span, names.ATTR_DNS_TTL)} seconds.`;
    },
  },
  place: 'resolver',
  stage: 'dns',
  detail: [names.ATTR_DNS_CACHE],
  attributes: {
    ...question,
    [names.ATTR_DNS_CACHE]:
      'hit: remembered; partial: it remembered which server to ask; miss: it asked from the root down; joined: it waited for the same question; none: the question allows an answer from the cache only',
    [names.ATTR_DNS_RESPONSE_CODE]: 'NOERROR, NXDOMAIN, SERVFAIL …',
    [names.ATTR_DNS_ANSWERS]: 'the records found, as text',
    ...messages,
  },
  sometimes: {
    [names.ATTR_DNS_TTL]: 'when there is an answer to remember: for how many more seconds',
    [semconv.ATTR_ERROR_TYPE]: 'when it failed: timeout, lame … (services/dns/errors.ts)',
  },
});

export const ask = defineSpan({
  service: 'dns',
  name: 'ask {zone}',
  kind: SpanKind.CLIENT,
  parents: ['dns resolve'],
  presence: { attribute: names.ATTR_DNS_CACHE, in: ['miss', 'partial'] },
  sentence: 'It asks the name server of one zone, which knows the answer or knows which server to ask next.',
  story: {
    before: (span, { children }) => {
      return `${isLost(span, children) ? 'It tries to ask' : 'It asks'} ${serverOf(span).replace('The', 'the')} (${text(span, semconv.ATTR_SERVER_ADDRESS)}).`;
    },
    after: (span, { children }) => {
      if (span.error !== null) return `No useful reply comes back: ${failure(span)}.`;
      switch (children.at(-1)?.attributes[names.ATTR_DNS_ANSWER_KIND]) {
        case 'referral':
          return 'The reply is back: the phonebook knows which server to ask next.';
        case 'answer':
          return 'The reply is back: the phonebook has the address.';
        default:
          return 'The reply is back.';
      }
    },
  },
  place: (span, { children }) => (isLost(span, children) ? serverStop(span) : 'resolver'),
  stage: 'dns',
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
    [semconv.ATTR_NETWORK_PEER_ADDRESS]:
      'when the lab has such a server: the address where it listens on this computer',
    [semconv.ATTR_NETWORK_PEER_PORT]: 'when the lab has such a server: the port where it listens',
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
  sentence:
    'That name server answers from its zone file: with the address, or with the servers of the zone below (a referral).',
  story: {
    before: (span) => {
      switch (span.attributes[names.ATTR_DNS_ANSWER_KIND]) {
        case 'referral':
          return `${serverOf(span)} does not know the address, but it knows which server to ask (a referral).`;
        case 'answer':
          return `${serverOf(span)} knows the address, and sends it.`;
        case 'nxdomain':
          return `${serverOf(span)} replies that the name does not exist (NXDOMAIN).`;
        case 'nodata':
          return `${serverOf(span)} replies that the name exists, but has no such record.`;
        case 'refused':
          return `${serverOf(span)} refuses to answer.`;
        default:
          return `${serverOf(span)} replies.`;
      }
    },
  },
  place: serverStop,
  stage: 'dns',
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

function serverOf(span: RecordedSpan): string {
  const zone = text(span, names.ATTR_DNS_ZONE);
  return zone === '.' ? 'The root server' : `The server of ${zone}`;
}

function serverStop(span: RecordedSpan): StopId {
  const zone = span.attributes[names.ATTR_DNS_ZONE];
  if (zone === '.') return 'root';
  return zone === 'test.' ? 'test' : 'domain';
}
