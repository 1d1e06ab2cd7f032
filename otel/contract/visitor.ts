// You and your browser: the spans of the service `visitor`, in the order of a journey.

import { SpanKind } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import * as names from './names.ts';
import { asks, atAnswer, count, failure, list, shown, shownAddress, text, time, websiteIn } from './phrases.ts';
import { stalls } from './request-attributes.ts';
import { defineSpan, type SpanSpec } from './spec.ts';

/** What a visit was sent for. */
const SENT_FOR = {
  [names.ATTR_SCENARIO]: 'when it was sent for a scenario: its name; doctor: a check of the lab',
  [names.ATTR_LESSON]: 'when the lab has a learner (WAYBILL_LEARNER) who is at a lesson: its name',
  [names.ATTR_SET]: 'when it is one of many that are measured together: the id of their set',
  [names.ATTR_SET_INDEX]:
    'its number in that set, from 1; in a comparison, the two visits with the same number are a pair',
  [names.ATTR_SET_VISIT]: 'which visit of its scenario it is, from 1',
  [names.ATTR_SET_START]: 'cold: no name cached; new: names cached, a new connection; warm: the connection is open',
};

export const pageLoad = defineSpan({
  service: 'visitor',
  name: 'page load',
  parents: ['root'],
  sentence: 'Your browser loads a whole page: the document, then every file that it names.',
  story: {
    before: (span) => `Your browser loads the page ${shownAddress(text(span, semconv.ATTR_URL_FULL))}.`,
    after: (span) => {
      const files = count(Number(span.attributes[names.ATTR_PAGE_RESOURCES] ?? 0), 'file');
      const requests = count(Number(span.attributes[names.ATTR_PAGE_REQUESTS] ?? 0), 'request');
      return `The page is complete after ${time(span)}: ${files}, ${requests}, ${text(span, names.ATTR_PAGE_BYTES)} bytes.`;
    },
  },
  place: 'you',
  stage: 'untracked',
  attributes: {
    [semconv.ATTR_URL_FULL]: 'the address you typed',
    [semconv.ATTR_HTTP_REQUEST_METHOD]: 'GET',
    [names.ATTR_PAGE_RESOURCES]: 'how many files the page needed, the document included',
    [names.ATTR_PAGE_REQUESTS]: 'how many requests were sent for them; the others came from the cache',
    [names.ATTR_PAGE_BYTES]: 'bytes of all bodies as they were sent (compressed)',
    [names.ATTR_PAGE_SAVED_BYTES]: 'bytes that were not sent, because the cache had them',
  },
  sometimes: {
    ...stalls(),
    [names.ATTR_PAGE_NOT_FETCHED]: 'when the page names something that is not fetched: the first of it, and why',
    [names.ATTR_PAGE_NOT_FETCHED_COUNT]: 'then: how many',
    ...SENT_FOR,
    [semconv.ATTR_HTTP_RESPONSE_STATUS_CODE]: 'when an answer came for the document',
    [semconv.ATTR_ERROR_TYPE]: 'when none came: why',
  },
});

export const visit = defineSpan({
  service: 'visitor',
  name: 'visit',
  parents: ['root', 'visitor page load'],
  sentence: 'You write a letter (request) and wait for the answer.',
  story: {
    before: (span) => {
      const asked = `You write a letter (request): ${text(span, semconv.ATTR_HTTP_REQUEST_METHOD)} ${shownAddress(text(span, semconv.ATTR_URL_FULL))}.`;
      const strict = span.attributes[names.ATTR_HSTS];
      const hsts = strict
        ? ` The site wants HTTPS only (HSTS), so your browser asks for ${shownAddress(shown(strict))} instead.`
        : '';
      const cached = span.attributes[names.ATTR_CONNECTION] === 'cached' ? ' Your browser has it in its cache.' : '';
      const isKept = span.attributes[names.ATTR_CONNECTION] === 'kept';
      const kept = isKept ? ' The connection from last time is still open: no lookup, no new connection.' : '';
      return asked + hsts + kept + cached;
    },
    after: (span, { children }) => {
      const status = span.attributes[semconv.ATTR_HTTP_RESPONSE_STATUS_CODE];
      if (span.attributes[names.ATTR_CONNECTION] === 'cached')
        return `From the cache, after ${time(span)}: no request was sent.`;
      if (status === undefined) return `No answer arrives (${failure(span)}). It took ${time(span)} to find that out.`;
      if (status === 304) return `Nothing has changed (304), so your browser shows its own copy, after ${time(span)}.`;
      const what = websiteIn(children.at(-1) ?? span).replace(/ \(.*/, '');
      return `Your ${what} has arrived after ${time(span)}: ${shown(status)}.`;
    },
  },
  place: 'you',
  stage: 'untracked',
  attributes: {
    [semconv.ATTR_URL_FULL]: 'the address you typed',
    [semconv.ATTR_HTTP_REQUEST_METHOD]: 'what you ask for',
    [names.ATTR_CONNECTION]:
      'new; kept: an open one, used again; cached: none, because the browser had the answer; unresolved: the name was not found; refused: no program listens there, or the TLS handshake failed',
    [names.ATTR_TLS_MODE]:
      'plain: the address begins with http; cached: no connection was needed; for https new: a TLS handshake was made; kept: the connection was already open; none: it failed before the handshake',
    [names.ATTR_LOOKUP]:
      'queried: the phonebook (DNS) was queried for the name; known: another request of the page load has queried it; address: an address was typed, so no lookup is needed; kept: the connection was already open; none: none was needed, because no request was sent',
  },
  sometimes: {
    ...stalls(),
    ...SENT_FOR,
    [names.ATTR_CACHE]:
      "when the browser's cache is used: none: it had no answer; fresh: it had one that is still good, and no request was sent; same: the server said 304; changed: the server sent a new one; stale: it had one that is too old, with nothing to ask by; vary: it had one for other request headers",
    [names.ATTR_CACHE_RULE]: 'then: what the cache may do with the answer, and by which header',
    [names.ATTR_CACHE_SAVED_BYTES]: 'when the cache had the body: how many bytes were not sent',
    [names.ATTR_CACHE_SAVED_MS]: 'when no request was sent: how many ms it had taken to fetch it',
    [names.ATTR_CONNECTION_NUMBER]: 'in a page load: which of the connections to its host, from 1 to 6',
    [names.ATTR_RESOURCE_KIND]: 'in a page load: document, style, script, image, font, icon or other',
    [names.ATTR_RESOURCE_PRIORITY]:
      'in a page load: highest, high, low or lowest; of those that wait, the highest is first',
    [names.ATTR_RESOURCE_INITIATOR]: 'in a page load: the address of the file that names it',
    [names.ATTR_RESOURCE_NOTE]: 'in a page load, when the browser does not use it: why',
    [names.ATTR_HSTS]: 'when the site wants HTTPS only (HSTS): the address that is used instead of the one typed',
    [semconv.ATTR_HTTP_RESPONSE_STATUS_CODE]: 'when an answer came, or the cache had one',
    [semconv.ATTR_ERROR_TYPE]: 'when none came: why',
  },
});

export const lookup = defineSpan({
  service: 'visitor',
  name: 'DNS lookup',
  kind: SpanKind.CLIENT,
  parents: ['visitor visit'],
  presence: { attribute: names.ATTR_LOOKUP, in: ['queried'] },
  sentence: 'Your computer asks the phonebook (DNS) for the address of the site.',
  story: {
    before: (span) => `Your computer asks the phonebook (DNS) where ${text(span, names.ATTR_DNS_QUESTION_NAME)} lives.`,
    after: (span) => {
      const answers = list(span.attributes[names.ATTR_DNS_ANSWERS]);
      if (answers.length > 0) return `The phonebook sends you the address: ${answers.join(', ')}.`;
      return `The phonebook has no address for you: ${shown(span.attributes[names.ATTR_DNS_RESPONSE_CODE] ?? failure(span))}.`;
    },
  },
  place: 'you',
  stage: 'dns',
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
    before: (span) =>
      `Your computer opens a connection to the mailbox (port ${text(span, semconv.ATTR_SERVER_PORT)}) at ${text(span, semconv.ATTR_SERVER_ADDRESS)}.`,
    after: (span) => {
      if (span.error !== null) return `The connection fails: ${failure(span)}.`;
      return span.attributes[names.ATTR_ROUTE] === 'routers'
        ? `The first post office (router) accepts the connection after ${time(span)}. The others still have to pass it on.`
        : `The connection is open, after ${time(span)}.`;
    },
  },
  returns: () => false,
  place: 'you',
  stage: 'network',
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
    before: () => 'Your letter is sent, and you wait for the answer.',
    after: atAnswer(
      (_, span) => `The letter with your ${websiteIn(span)} travels back to you.`,
      'No answer comes back',
    ),
  },
  place: 'you',
  stage: ({ events }, moment) => {
    const firstByte = events.find(({ name }) => name === 'first byte')?.time;
    return firstByte !== undefined && moment >= firstByte ? 'download' : 'waiting';
  },
  title: asks('proxy'),
  attributes: {
    [semconv.ATTR_HTTP_REQUEST_METHOD]: 'GET, POST …',
    [semconv.ATTR_URL_FULL]: 'the address of the request',
    [semconv.ATTR_SERVER_ADDRESS]: 'the name of the site',
    [semconv.ATTR_SERVER_PORT]: 'its port',
    [names.ATTR_HTTP_REQUEST_HEAD]: 'the first line and the headers that were sent; cookies are shortened',
  },
  sometimes: {
    [semconv.ATTR_HTTP_RESPONSE_STATUS_CODE]: 'when an answer came',
    [semconv.ATTR_NETWORK_PROTOCOL_VERSION]: 'when an answer came: 1.1',
    [names.ATTR_RESPONSE_BODY_SIZE]: 'when an answer came: bytes of its body as they were sent',
    [names.ATTR_HTTP_RESPONSE_DECODED_SIZE]: 'when its body was compressed: bytes after decompression',
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
  sentence:
    'Before you send your letter, you and the web server agree on a secret key (TLS handshake), and you check the certificate.',
  story: {
    before: () => 'You and the web server begin a TLS handshake: you say hello and ask for the certificate.',
    after: (span) => {
      if (span.error !== null) return `The TLS handshake fails (${failure(span)}), so your letter is not sent.`;
      const trips = count(Number(span.attributes[names.ATTR_TLS_ROUND_TRIPS] ?? 0), 'time');
      const how = `TLS ${text(span, names.ATTR_TLS_PROTOCOL_VERSION)}, ${trips} there and back, ${time(span)}`;
      if (span.attributes[names.ATTR_TLS_RESUMED] === true)
        return `The connection is encrypted again, with the secret of an earlier visit (${how}).`;
      const [whose = '', signer] = (list(span.attributes[names.ATTR_TLS_CHAIN])[0] ?? '').split(' · ');
      const certificate = signer === undefined ? '' : ` The certificate is for ${whose}; ${signer} vouches for it.`;
      return `The connection is encrypted (${how}).${certificate}`;
    },
  },
  returns: () => false,
  place: 'tls',
  stage: 'tls',
  detail: [names.ATTR_TLS_SERVER_SUBJECT, names.ATTR_TLS_CIPHER],
  attributes: {
    [names.ATTR_TLS_CLIENT_SERVER_NAME]: 'the name that you ask for (SNI); everybody on the way can read it',
    [names.ATTR_TLS_ESTABLISHED]: 'whether the handshake succeeded',
    [names.ATTR_TLS_ROUND_TRIPS]: 'how many times messages went there and back',
    [names.ATTR_TLS_CLIENT_HELLO]: 'the bytes of your hello, in hex',
    [names.ATTR_ROUTE]: 'routers: through routers; direct: without them',
  },
  sometimes: {
    [names.ATTR_TLS_PROTOCOL_VERSION]: 'when the handshake succeeded: 1.2 or 1.3',
    [names.ATTR_TLS_CIPHER]: 'when the handshake succeeded: the cipher that encrypts what is sent',
    [names.ATTR_TLS_CURVE]: 'when a new secret was agreed on: the curve',
    [names.ATTR_TLS_NEXT_PROTOCOL]: 'when the handshake succeeded: the protocol inside TLS (ALPN)',
    [names.ATTR_TLS_RESUMED]:
      'when the handshake succeeded: whether the secret of an earlier visit was used again, without a certificate',
    [names.ATTR_TLS_SERVER_HELLO]:
      'when an answer came: its first bytes, in hex: a hello, or an alert that says why not',
    [names.ATTR_TLS_CHAIN]:
      'when a certificate was shown: the chain up to an authority: whose certificate, signed by, from, until',
    [names.ATTR_TLS_SERVER_SUBJECT]: 'when a certificate was shown: whose it is',
    [names.ATTR_TLS_SERVER_ISSUER]: 'when a certificate was shown: who signed it',
    [names.ATTR_TLS_SERVER_NOT_BEFORE]: 'when a certificate was shown: from when it is valid',
    [names.ATTR_TLS_SERVER_NOT_AFTER]: 'when a certificate was shown: until when it is valid',
    [semconv.ATTR_ERROR_TYPE]: 'when the handshake failed: CERT_HAS_EXPIRED, ERR_TLS_CERT_ALTNAME_INVALID …',
  },
  events: ['client hello sent', 'server hello received', 'certificate checked', 'finished'],
});

/** In the order of a journey. */
export const spans: readonly SpanSpec[] = [pageLoad, visit, lookup, connect, handshake, request];
