// You and your browser: the spans of the service `visitor`, in the order of a journey.

import { SpanKind } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import * as names from './names.ts';
import { defineSpan, type SpanSpec } from './spec.ts';
import { asks, count, failure, list, shown, shownAddress, text, time } from './telling.ts';

export const visit = defineSpan({
  service: 'visitor',
  name: 'visit',
  parents: ['root'],
  sentence: 'You write a letter and wait for its answer.',
  story: {
    before: (span) => {
      const letter = `You write a letter: ${text(span, semconv.ATTR_HTTP_REQUEST_METHOD)} ${shownAddress(text(span, semconv.ATTR_URL_FULL))}.`;
      const strict = span.attributes[names.ATTR_HSTS];
      const sealed = strict
        ? ` The site has said that it is asked under seal alone, so ${shownAddress(shown(strict))} is asked.`
        : '';
      const isKept = span.attributes[names.ATTR_CONNECTION] === 'kept';
      const kept = isKept ? ' The connection to the site is still open, so nothing is looked up.' : '';
      return letter + sealed + kept;
    },
    after: (span) => {
      const status = span.attributes[semconv.ATTR_HTTP_RESPONSE_STATUS_CODE];
      if (status === undefined) return `No answer comes (${failure(span)}): it took ${time(span)} to find that out.`;
      return `The answer is here: ${shown(status)}, after ${time(span)}.`;
    },
  },
  place: 'you',
  stage: 'unaccounted',
  attributes: {
    [semconv.ATTR_URL_FULL]: 'the address you typed',
    [semconv.ATTR_HTTP_REQUEST_METHOD]: 'what you ask for',
    [names.ATTR_CONNECTION]:
      'new; kept: an open one, used again; unresolved: the name was not found; refused: nobody listens there, or the seal does not hold',
    [names.ATTR_TLS_MODE]:
      'plain: the address begins with http; for https new: hands were shaken; kept: the connection was open already; none: it did not come to that',
    [names.ATTR_LOOKUP]:
      'asked: the phonebook was asked for the name; address: an address was typed, so nobody is asked; kept: the connection was open already',
  },
  sometimes: {
    [names.ATTR_SCENARIO]: 'when it was sent for a scenario: its name',
    [names.ATTR_HSTS]:
      'when the site has said that it is to be asked by HTTPS alone (HSTS): the address that is asked in place of the one typed',
    [semconv.ATTR_HTTP_RESPONSE_STATUS_CODE]: 'when an answer came',
    [semconv.ATTR_ERROR_TYPE]: 'when none came: why',
  },
});

export const lookup = defineSpan({
  service: 'visitor',
  name: 'DNS lookup',
  kind: SpanKind.CLIENT,
  parents: ['visitor visit'],
  presence: { attribute: names.ATTR_LOOKUP, in: ['asked'] },
  sentence: 'Your computer asks the phonebook where the reader lives.',
  story: {
    before: (span) => `Your computer asks the phonebook where ${text(span, names.ATTR_DNS_QUESTION_NAME)} lives.`,
  },
  place: 'you',
  stage: 'phonebook',
  detail: [names.ATTR_DNS_ANSWERS],
  attributes: {
    [names.ATTR_DNS_QUESTION_NAME]: 'the name asked for',
    [names.ATTR_DNS_ANSWERS]: 'the addresses found',
    [semconv.ATTR_SERVER_ADDRESS]: 'the resolver asked',
    [semconv.ATTR_SERVER_PORT]: 'its port',
  },
  sometimes: {
    [names.ATTR_DNS_RESPONSE_CODE]: 'when an answer came: NOERROR, NXDOMAIN …',
    [semconv.ATTR_ERROR_TYPE]: 'when no address was found: why',
  },
});

export const connect = defineSpan({
  service: 'visitor',
  name: 'connect',
  parents: ['visitor visit'],
  presence: { attribute: names.ATTR_CONNECTION, in: ['new', 'refused'] },
  sentence: 'A connection is opened through the post offices (routers) to the mailbox (port) at that address.',
  story: {
    before: (span) => {
      const where = `${text(span, semconv.ATTR_SERVER_ADDRESS)}, port ${text(span, semconv.ATTR_SERVER_PORT)}`;
      if (span.error !== null) return `The connection to ${where} fails (${failure(span)}).`;
      const through = span.attributes[names.ATTR_ROUTE] === 'routers' ? ', through the routers' : '';
      return `A connection to ${where} is opened${through} (${time(span)}).`;
    },
  },
  place: 'you',
  stage: 'way',
  detail: [semconv.ATTR_SERVER_ADDRESS],
  attributes: {
    [semconv.ATTR_SERVER_ADDRESS]: 'the address asked for',
    [semconv.ATTR_SERVER_PORT]: 'the port asked for',
    [names.ATTR_ROUTE]: 'routers: through routers; direct: without them; closed: the connection failed',
  },
  sometimes: {
    [semconv.ATTR_NETWORK_PEER_ADDRESS]: 'when connected: the address where it listens',
    [semconv.ATTR_NETWORK_PEER_PORT]: 'when connected: the port where it listens',
    [names.ATTR_PROXY_HEADER]: 'when through routers: the PROXY protocol header (version 2), in hex',
    [semconv.ATTR_ERROR_TYPE]: 'when the connection fails: ECONNREFUSED, EHOSTUNREACH …',
  },
});

export const request = defineSpan({
  service: 'visitor',
  name: '{method}',
  kind: SpanKind.CLIENT,
  parents: ['visitor visit'],
  presence: { attribute: names.ATTR_CONNECTION, in: ['new', 'kept'] },
  sentence: 'Your letter (request) is sent, and you wait for the answer.',
  story: {
    before: (span) =>
      span.attributes[semconv.ATTR_HTTP_RESPONSE_STATUS_CODE] === undefined
        ? `Your letter is sent, but no answer comes (${failure(span)}).`
        : 'Your letter is sent, and you wait for the answer.',
  },
  place: 'you',
  stage: ({ events }, moment) => {
    const firstByte = events.find(({ name }) => name === 'first byte')?.time;
    return firstByte !== undefined && moment >= firstByte ? 'download' : 'waiting';
  },
  title: asks('proxy'),
  attributes: {
    [semconv.ATTR_HTTP_REQUEST_METHOD]: 'GET, POST …',
    [semconv.ATTR_URL_FULL]: 'the address on the letter',
    [semconv.ATTR_SERVER_ADDRESS]: 'the name of the site',
    [semconv.ATTR_SERVER_PORT]: 'its port',
    [names.ATTR_HTTP_REQUEST_HEAD]: 'the first line and the headers that were sent; cookies are shortened',
  },
  sometimes: {
    [semconv.ATTR_HTTP_RESPONSE_STATUS_CODE]: 'when an answer came',
    [semconv.ATTR_NETWORK_PROTOCOL_VERSION]: 'when an answer came: 1.1',
    [names.ATTR_HTTP_RESPONSE_HEAD]: 'when an answer came: its first line and headers; cookies are shortened',
    [semconv.ATTR_ERROR_TYPE]: 'the status from 400 on, or why no answer came',
  },
  events: ['request sent', 'first byte', 'last byte'],
});

export const handshake = defineSpan({
  service: 'visitor',
  name: 'TLS handshake',
  kind: SpanKind.CLIENT,
  parents: ['visitor visit'],
  presence: { attribute: names.ATTR_TLS_MODE, in: ['new'] },
  sentence: 'You and the web server agree on a seal that nobody on the way can open, and you check who made it.',
  story: {
    before: (span) => {
      if (span.error !== null)
        return `You want to agree on a seal, but it does not hold (${failure(span)}): nothing is sent.`;
      const trips = count(Number(span.attributes[names.ATTR_TLS_ROUND_TRIPS] ?? 0), 'time');
      const how = `TLS ${text(span, names.ATTR_TLS_PROTOCOL_VERSION)}, ${trips} there and back, ${time(span)}`;
      if (span.attributes[names.ATTR_TLS_RESUMED] === true)
        return `You take up the seal of an earlier letter again (${how}).`;
      const [first = ''] = list(span.attributes[names.ATTR_TLS_CHAIN]);
      const [whose, signer] = first.split(' · ');
      return `You and the web server agree on a seal (${how}): its certificate is for ${whose}, and ${signer} vouches for it.`;
    },
  },
  place: 'seal',
  stage: 'sealing',
  detail: [names.ATTR_TLS_SERVER_SUBJECT, names.ATTR_TLS_CIPHER],
  attributes: {
    [names.ATTR_TLS_CLIENT_SERVER_NAME]: 'the name that you ask for (SNI), which everybody on the way can read',
    [names.ATTR_TLS_ESTABLISHED]: 'whether the seal holds',
    [names.ATTR_TLS_ROUND_TRIPS]: 'how often something went there and back until it did, or did not',
    [names.ATTR_TLS_CLIENT_HELLO]: 'the bytes of your hello, in hex',
    [names.ATTR_ROUTE]: 'routers: through routers; direct: without them',
  },
  sometimes: {
    [names.ATTR_TLS_PROTOCOL_VERSION]: 'when hands were shaken: 1.2 or 1.3',
    [names.ATTR_TLS_CIPHER]: 'likewise: by which cipher letters are sealed',
    [names.ATTR_TLS_CURVE]: 'likewise, the first time: by which curve the secret was agreed on',
    [names.ATTR_TLS_NEXT_PROTOCOL]: 'likewise: what is spoken under the seal (ALPN)',
    [names.ATTR_TLS_RESUMED]: 'likewise: whether an earlier seal was taken up again, without a certificate',
    [names.ATTR_TLS_SERVER_HELLO]: 'when an answer came: how it begins, in hex: a hello, or an alert that says why not',
    [names.ATTR_TLS_CHAIN]:
      'when a certificate was shown: who vouches for whom, up to an authority: whose, by whom, from when, until when',
    [names.ATTR_TLS_SERVER_SUBJECT]: 'when a certificate was shown: whose it is',
    [names.ATTR_TLS_SERVER_ISSUER]: 'likewise: who vouches for it',
    [names.ATTR_TLS_SERVER_NOT_BEFORE]: 'likewise: from when it is good',
    [names.ATTR_TLS_SERVER_NOT_AFTER]: 'likewise: until when',
    [semconv.ATTR_ERROR_TYPE]: 'when the seal does not hold: CERT_HAS_EXPIRED, ERR_TLS_CERT_ALTNAME_INVALID …',
  },
  events: ['client hello sent', 'server hello received', 'certificate checked', 'finished'],
});

/** In the order of a journey. */
export const spans: readonly SpanSpec[] = [visit, lookup, connect, handshake, request];
