// The reverse proxy (nginx's job): the spans of the service `proxy`.

import { SpanKind } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import * as names from './names.ts';
import { defineSpan, type SpanSpec } from './spec.ts';
import { asks, count, failure, isTurnedDown, shown, text } from './telling.ts';

export const server = defineSpan({
  service: 'proxy',
  name: '{method}',
  kind: SpanKind.SERVER,
  parents: ['visitor {method}', 'root'],
  sentence: 'The web server that watches the mailbox opens the letter and reads its address.',
  story: {
    before: (span) => `The web server opens the letter and reads the address: ${text(span, semconv.ATTR_URL_PATH)}.`,
  },
  refuses: (span) => span.attributes[names.ATTR_LOCATION_KIND] === 'refused' && isTurnedDown(span),
  place: 'proxy',
  stage: 'proxy',
  attributes: {
    [semconv.ATTR_HTTP_REQUEST_METHOD]: 'GET, POST …',
    [semconv.ATTR_URL_PATH]: 'the path asked for',
    [semconv.ATTR_URL_SCHEME]: 'http, or https: it came under a seal',
    [semconv.ATTR_SERVER_ADDRESS]: 'the Host asked for',
    [semconv.ATTR_CLIENT_ADDRESS]: 'who asked',
    [semconv.ATTR_NETWORK_PROTOCOL_VERSION]: '1.0 or 1.1',
    [names.ATTR_LOCATION_KIND]:
      'static: the proxy serves it itself; dynamic: it hands it on; return: the rule itself says the answer; refused: no rule was asked',
  },
  sometimes: {
    [names.ATTR_HTTP_REQUEST_HEAD]:
      'below 50 requests a second: the first line and the headers of the request; cookies are shortened',
    [names.ATTR_HTTP_RESPONSE_HEAD]:
      'below 50 requests a second, when a response was begun: its first line and headers',
    [semconv.ATTR_HTTP_RESPONSE_STATUS_CODE]: 'the status answered; 499 when the client went before one was',
    [semconv.ATTR_URL_QUERY]: 'when the address has a query',
    [semconv.ATTR_USER_AGENT_ORIGINAL]: 'when the client says what it is',
    [semconv.ATTR_ERROR_TYPE]: 'the status from 500 on, or what went wrong',
  },
  events: ['request body received'],
});

export const location = defineSpan({
  service: 'proxy',
  name: 'location',
  parents: ['proxy {method}'],
  presence: { attribute: names.ATTR_LOCATION_KIND, in: ['static', 'dynamic', 'return'] },
  sentence: 'It goes through its rules: is this a static file, or must somebody write an answer?',
  story: {
    before: (span) => {
      const { length } = span.events;
      const tried =
        length > 0
          ? `It goes through its rules: of ${count(length, 'rule')} tried,`
          : 'Before it goes through its rules,';
      return `${tried} “${text(span, names.ATTR_LOCATION_RULE)}” wins (${text(span, names.ATTR_LOCATION_REASON)}). So it is ${text(span, names.ATTR_LOCATION_KIND)}.`;
    },
  },
  refuses: ({ attributes }, { parent }) => attributes[names.ATTR_LOCATION_KIND] === 'return' && isTurnedDown(parent),
  place: 'rules',
  stage: 'proxy',
  detail: [names.ATTR_LOCATION_RULE],
  attributes: {
    [names.ATTR_LOCATION_RULE]: 'the rule that won',
    [names.ATTR_LOCATION_REASON]: 'why it won',
    [names.ATTR_LOCATION_KIND]: 'what the rule says: static, dynamic or return',
  },
  sometimes: {},
  events: ['rule tried'],
});

export const staticFile = defineSpan({
  service: 'proxy',
  name: 'static file',
  parents: ['proxy {method}'],
  presence: { attribute: names.ATTR_LOCATION_KIND, in: ['static'] },
  sentence: 'A static file: the web server takes it from its own shelf.',
  story: {
    before: (span) => {
      const outcome = text(span, names.ATTR_FILE_OUTCOME);
      const file = span.attributes[names.ATTR_FILE_PATH];
      if (file === undefined) return `The file is looked for on its own shelf: ${outcome}.`;
      return `A static file: it takes ${shown(file)} (${text(span, names.ATTR_FILE_SIZE)} bytes, ${text(span, names.ATTR_FILE_ENCODING)}) from its own shelf: ${outcome}. No worker is asked.`;
    },
  },
  refuses: (_, { parent }) => isTurnedDown(parent),
  place: 'shelf',
  stage: 'file',
  detail: [names.ATTR_FILE_PATH, names.ATTR_FILE_OUTCOME],
  attributes: {
    [names.ATTR_FILE_OUTCOME]: 'sent, not modified, range, redirect, not found, hidden, not allowed, changed …',
  },
  sometimes: {
    [names.ATTR_FILE_PATH]: 'when there is such a file: its path below the root',
    [names.ATTR_FILE_SIZE]: 'likewise its size in bytes',
    [names.ATTR_FILE_ENCODING]: 'likewise identity, gzip or br',
    [names.ATTR_FILE_SOURCE]: 'likewise memory or disk',
    [semconv.ATTR_ERROR_TYPE]: 'when sending it failed: file_cut, EIO …',
  },
});

export const upstream = defineSpan({
  service: 'proxy',
  name: '{method}',
  kind: SpanKind.CLIENT,
  parents: ['proxy {method}'],
  presence: { attribute: names.ATTR_LOCATION_KIND, in: ['dynamic'] },
  sentence: 'Anything dynamic is handed to the app server.',
  story: { before: () => 'Somebody must write an answer: it hands the letter to the app server.' },
  place: 'proxy',
  stage: 'proxy',
  title: asks('gateway'),
  attributes: {
    [semconv.ATTR_HTTP_REQUEST_METHOD]: 'GET, POST …',
    [semconv.ATTR_URL_FULL]: 'the address at the gateway',
    [semconv.ATTR_SERVER_ADDRESS]: "the gateway's address",
    [semconv.ATTR_SERVER_PORT]: "the gateway's port",
  },
  sometimes: {
    [names.ATTR_HTTP_REQUEST_HEAD]:
      'below 50 requests a second: the first line and the headers that the gateway gets; cookies are shortened',
    [names.ATTR_HTTP_RESPONSE_HEAD]:
      'below 50 requests a second, when a response was begun: its first line and headers',
    [semconv.ATTR_HTTP_RESPONSE_STATUS_CODE]: 'when an answer came',
    [semconv.ATTR_ERROR_TYPE]: 'the status from 400 on, or why no answer came',
  },
});

export const handshake = defineSpan({
  service: 'proxy',
  name: 'TLS handshake',
  kind: SpanKind.SERVER,
  parents: ['visitor TLS handshake'],
  presence: { attribute: names.ATTR_ROUTE, in: ['routers'] },
  sentence: 'The web server shows its certificate, and agrees on the seal.',
  story: {
    before: (span) => {
      if (span.error !== null) return `The web server shakes no hands: ${failure(span)}.`;
      return span.attributes[names.ATTR_TLS_RESUMED] === true
        ? 'The web server knows the seal, and shows no certificate again.'
        : 'The web server shows its certificate, and both have a secret that nobody on the way knows.';
    },
  },
  place: 'seal',
  stage: 'sealing',
  detail: [names.ATTR_TLS_CIPHER],
  attributes: { [names.ATTR_TLS_ESTABLISHED]: 'whether hands were shaken' },
  sometimes: {
    [names.ATTR_TLS_PROTOCOL_VERSION]: 'when hands were shaken: 1.2 or 1.3',
    [names.ATTR_TLS_CIPHER]: 'likewise: the cipher',
    [names.ATTR_TLS_RESUMED]: 'likewise: whether an earlier seal was taken up again',
    [names.ATTR_TLS_NEXT_PROTOCOL]: 'likewise: what is spoken under the seal (ALPN)',
    [names.ATTR_TLS_CLIENT_SERVER_NAME]: 'likewise, when the client named a site (SNI)',
    [semconv.ATTR_ERROR_TYPE]: 'when they were not: what TLS says, timeout, or client_gone',
  },
});

/** In the order of a journey. */
export const spans: readonly SpanSpec[] = [handshake, server, location, staticFile, upstream];
