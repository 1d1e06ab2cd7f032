// Why a letter is not answered as it should be.

import { defineFailures } from '../../runtime/failures.ts';

export const FAILURES = defineFailures({
  // what the client sent
  bad_request: { status: 400, title: 'This is not HTTP as it should be', fix: 'Mend the client.' },
  target_malformed: {
    status: 400,
    title: 'This address is not one',
    fix: 'Look for a bad % or too many dots in its path.',
  },
  host_missing: { status: 400, title: 'The letter does not say which site it is for', fix: 'Send one Host header.' },
  host_twice: { status: 400, title: 'The letter says twice which site it is for', fix: 'Send one Host header.' },
  host_malformed: {
    status: 400,
    title: 'The name of the site is malformed',
    fix: 'Send a name such as tatis.test in the Host header.',
  },
  plain_http: {
    status: 400,
    title: 'A letter without an envelope came to the sealed door',
    fix: 'Ask with https://, or at the port for plain HTTP.',
  },
  not_found: {
    status: 404,
    title: 'There is no such file',
    fix: 'Look at the address; the span "static file" says where it was looked for.',
  },
  hidden: {
    status: 404,
    title: 'There is no such file',
    fix: 'Files whose names begin with a dot, and links that lead outside, are not shown.',
  },
  method_not_allowed: { status: 405, title: 'A file can only be read', fix: 'Use GET or HEAD.' },
  request_timeout: {
    status: 408,
    title: 'The letter did not arrive in time',
    fix: 'Send faster. See WAYBILL_PROXY_REQUEST_TIMEOUT.',
  },
  changed: { status: 412, title: 'The file is not the one that you know', fix: 'Read it again, without conditions.' },
  body_too_large: { status: 413, title: 'The letter is too heavy', fix: 'Send less. See WAYBILL_PROXY_BODY_BYTES.' },
  target_too_long: {
    status: 414,
    title: 'The address is too long',
    fix: 'Ask with POST. See WAYBILL_PROXY_TARGET_BYTES.',
  },
  range_unsatisfiable: { status: 416, title: 'The file has no such part', fix: 'Content-Range says how long it is.' },
  headers_too_large: {
    status: 431,
    title: 'The headers are too large',
    fix: 'Delete cookies. See WAYBILL_PROXY_HEADER_BYTES.',
  },
  client_gone: {
    status: 499,
    title: 'The client went before its answer was whole',
    fix: 'Nothing, if it was in a hurry.',
  },
  client_slow: { status: 499, title: 'The client did not take its answer', fix: 'See WAYBILL_PROXY_SEND_TIMEOUT.' },
  coding_unknown: {
    status: 501,
    title: 'The letter is packed in a way that is not understood',
    fix: 'Send the body plain or chunked, over HTTP/1.1.',
  },
  version_unknown: { status: 505, title: 'This version of HTTP is not spoken here', fix: 'Use HTTP/1.1.' },
  // what happened here
  unreadable: { status: 403, title: 'The file may not be read', fix: 'Let the user of this process read it.' },
  file_cut: {
    status: 500,
    title: 'The file became shorter while it was sent',
    fix: 'Replace files by renaming, not by writing over them.',
  },
  internal: { status: 500, title: 'Internal error', fix: 'Read the log of the proxy.' },
  // what the gateway did
  upstream_away: {
    status: 502,
    title: 'The app server is away',
    fix: 'Is the service gateway running? See WAYBILL_GATEWAY.',
  },
  upstream_lost: {
    status: 502,
    title: 'The app server closed the connection before it had answered',
    fix: 'Look at its log.',
  },
  upstream_cut: { status: 502, title: 'The app server broke off its answer', fix: 'Look at its log.' },
  upstream_malformed: {
    status: 502,
    title: 'The answer of the app server is not HTTP as it should be',
    fix: 'Look at its log.',
  },
  connect_timeout: {
    status: 504,
    title: 'The app server could not be reached in time',
    fix: 'See WAYBILL_PROXY_CONNECT_TIMEOUT.',
  },
  upstream_timeout: {
    status: 504,
    title: 'The app server did not answer in time',
    fix: 'See WAYBILL_PROXY_UPSTREAM_TIMEOUT.',
  },
  upstream_slow: {
    status: 504,
    title: 'The app server did not take the letter',
    fix: 'See WAYBILL_PROXY_UPSTREAM_TIMEOUT.',
  },
});

export type FailureCode = keyof typeof FAILURES;
