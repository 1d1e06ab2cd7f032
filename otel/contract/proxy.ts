// The reverse proxy (nginx's job): the spans of the service `proxy`.

import { SpanKind } from '@opentelemetry/api';
import * as semconv from '@opentelemetry/semantic-conventions';
import * as names from './names.ts';
import { asks, atAnswer, cacheSentence, count, failure, isTurnedDown, shown, text, websiteIn } from './phrases.ts';
import { BELOW_RATE, heads, stalls } from './request-attributes.ts';
import { defineSpan, type RecordedSpan, type SpanSpec } from './spec.ts';

export const server = defineSpan({
  service: 'proxy',
  name: '{method}',
  kind: SpanKind.SERVER,
  parents: ['visitor {method}', 'root'],
  sentence: 'The web server that watches the mailbox opens the letter and reads its address.',
  story: {
    before: (span) => `The web server opens the letter and reads the address: ${text(span, semconv.ATTR_URL_PATH)}.`,
    after: atAnswer(
      (_, span) => `The web server sends back your ${websiteIn(span)}, in another letter (response).`,
      'The web server sends no answer back',
    ),
  },
  refuses: (span) => span.attributes[names.ATTR_LOCATION_KIND] === 'refused' && isTurnedDown(span),
  place: 'proxy',
  stage: 'proxy',
  attributes: {
    [semconv.ATTR_HTTP_REQUEST_METHOD]: 'GET, POST …',
    [semconv.ATTR_URL_PATH]: 'the path asked for',
    [semconv.ATTR_URL_SCHEME]: 'http, or https when it came over TLS',
    [semconv.ATTR_SERVER_ADDRESS]: 'the Host asked for',
    [semconv.ATTR_CLIENT_ADDRESS]: 'the address of the client',
    [semconv.ATTR_NETWORK_PROTOCOL_VERSION]: '1.0 or 1.1',
    [names.ATTR_LOCATION_KIND]:
      'static: the web server serves a file itself; dynamic: it passes the request on; return: the rule itself has the answer; refused: turned down before the rules',
  },
  sometimes: {
    ...stalls(BELOW_RATE),
    [names.ATTR_SCENARIO]: 'when `npm run load` sent it: its scenario',
    [names.ATTR_SET]: 'then, when it is one of those that are measured together: the id of their set',
    [names.ATTR_SET_INDEX]: 'its number in that set, from 1',
    [names.ATTR_SET_START]: 'load: it was sent to the web server directly',
    ...heads('of the request'),
    [semconv.ATTR_HTTP_RESPONSE_STATUS_CODE]:
      'the status of the response; 499 when the client closed the connection before it',
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
  sentence: 'It goes through its rules (locations): is this a static file, or must the answer be written (dynamic)?',
  story: {
    before: (span) => {
      const { length } = span.events;
      const tried =
        length > 0
          ? `The web server goes through its rules (locations): of ${count(length, 'rule')} tried,`
          : 'Before the web server goes through its rules (locations),';
      const kind = text(span, names.ATTR_LOCATION_KIND);
      const result = kind === 'return' ? 'It answers by itself' : `So the answer is ${kind}`;
      return `${tried} “${text(span, names.ATTR_LOCATION_RULE)}” wins (${text(span, names.ATTR_LOCATION_REASON)}). ${result}.`;
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
  sentence: 'A static file: the web server sends it from its own disk.',
  story: {
    before: (span) => {
      const outcome = text(span, names.ATTR_FILE_OUTCOME);
      const file = span.attributes[names.ATTR_FILE_PATH];
      if (file === undefined) return `The web server looks among its static files: ${outcome}.`;
      return `The web server takes the static file ${shown(file)} (${text(span, names.ATTR_FILE_SIZE)} bytes, ${text(span, names.ATTR_FILE_ENCODING)}): ${outcome}. No worker is needed.${keeping(span)}`;
    },
  },
  refuses: (_, { parent }) => isTurnedDown(parent),
  place: 'static',
  stage: 'file',
  detail: [names.ATTR_FILE_PATH, names.ATTR_FILE_OUTCOME],
  attributes: {
    [names.ATTR_FILE_OUTCOME]:
      'sent, not modified, range, redirect, not found, hidden, not allowed, precondition failed …',
  },
  sometimes: {
    [names.ATTR_FILE_PATH]: 'when there is such a file: its path below the root',
    [names.ATTR_FILE_SIZE]: 'when there is such a file: its size in bytes',
    [names.ATTR_FILE_ENCODING]: 'when there is such a file: identity, gzip or br',
    [names.ATTR_FILE_CACHE_CONTROL]:
      'when its rule says what browsers may do with it: the header Cache-Control that it adds',
    [names.ATTR_FILE_SOURCE]: 'when there is such a file: memory or disk',
    [semconv.ATTR_ERROR_TYPE]: 'when sending it failed: file_truncated, EIO …',
  },
});

function keeping({ attributes }: RecordedSpan): string {
  const rule = attributes[names.ATTR_FILE_CACHE_CONTROL];
  return rule === undefined ? '' : ` Its rule: your browser ${cacheSentence(shown(rule))}.`;
}

export const upstream = defineSpan({
  service: 'proxy',
  name: '{method}',
  kind: SpanKind.CLIENT,
  parents: ['proxy {method}'],
  presence: { attribute: names.ATTR_LOCATION_KIND, in: ['dynamic'] },
  sentence: 'Anything dynamic is passed on to the app server.',
  story: {
    before: () => 'The answer must be written, so the web server passes the letter on to the app server.',
    after: atAnswer(
      (answer) => `The web server gets the ${answer} from the app server.`,
      'No answer comes from the app server',
    ),
  },
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
    ...heads('that the gateway gets'),
    [semconv.ATTR_NETWORK_TRANSPORT]: 'unix: the request went through a Unix socket, as under `npm start`',
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
  sentence: 'The web server shows its certificate, and both sides agree on a secret key (TLS handshake).',
  story: {
    before: (span) => {
      if (span.error !== null) return `On the web server's side the TLS handshake fails: ${failure(span)}.`;
      return span.attributes[names.ATTR_TLS_RESUMED] === true
        ? 'The web server recognises the secret of an earlier visit and need not show its certificate again.'
        : 'The web server shows its certificate, and you agree on a secret key that nobody on the way can know.';
    },
  },
  place: 'tls',
  stage: 'tls',
  detail: [names.ATTR_TLS_CIPHER],
  attributes: { [names.ATTR_TLS_ESTABLISHED]: 'whether the handshake succeeded' },
  sometimes: {
    [names.ATTR_TLS_PROTOCOL_VERSION]: 'when the handshake succeeded: 1.2 or 1.3',
    [names.ATTR_TLS_CIPHER]: 'when the handshake succeeded: the cipher',
    [names.ATTR_TLS_RESUMED]: 'when the handshake succeeded: whether the secret of an earlier visit was used again',
    [names.ATTR_TLS_NEXT_PROTOCOL]: 'when the handshake succeeded: the protocol inside TLS (ALPN)',
    [names.ATTR_TLS_CLIENT_SERVER_NAME]: 'when the client named a site (SNI): that name',
    [semconv.ATTR_ERROR_TYPE]: 'when the handshake failed: the error of TLS, timeout, or client_gone',
  },
});

/** In the order of a journey. */
export const spans: readonly SpanSpec[] = [handshake, server, location, staticFile, upstream];
