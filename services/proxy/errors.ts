// Why a request is not answered as it should be.

import { defineFailures } from '../../runtime/failures.ts';

export const FAILURES = defineFailures({
  // what the client sent
  bad_request: { status: 400, title: 'Malformed HTTP request', fix: 'Mend the client.' },
  target_malformed: {
    status: 400,
    title: 'Malformed request target',
    fix: 'Look for a bad % or too many dots in its path.',
  },
  host_missing: { status: 400, title: 'The request has no Host header', fix: 'Send one Host header.' },
  host_twice: { status: 400, title: 'The request has more than one Host header', fix: 'Send one Host header.' },
  host_malformed: { status: 400, title: 'Malformed Host header', fix: 'Send a name such as tatis.test in it.' },
  plain_http: {
    status: 400,
    title: 'The plain HTTP request was sent to the HTTPS port',
    fix: 'Use https://, or the port for plain HTTP.',
  },
  not_found: {
    status: 404,
    title: 'File not found',
    fix: 'Look at the address; the span "static file" has the path that was looked up.',
  },
  hidden: {
    status: 404,
    title: 'File not found',
    fix: 'Files whose names begin with a dot, and links that lead outside, are not served.',
  },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    fix: 'Use one of the methods that the header Allow lists.',
  },
  request_timeout: {
    status: 408,
    title: 'The request did not arrive in time',
    fix: 'Send faster. See WAYBILL_PROXY_REQUEST_TIMEOUT.',
  },
  changed: { status: 412, title: 'Precondition failed', fix: 'Read the file again, without conditions.' },
  body_too_large: { status: 413, title: 'Request body too large', fix: 'Send less. See WAYBILL_PROXY_BODY_BYTES.' },
  target_too_long: {
    status: 414,
    title: 'Request target too long',
    fix: 'Use POST. See WAYBILL_PROXY_TARGET_BYTES.',
  },
  range_unsatisfiable: {
    status: 416,
    title: 'Range not satisfiable',
    fix: 'Content-Range has the length of the file.',
  },
  headers_too_large: {
    status: 431,
    title: 'Request headers too large',
    fix: 'Delete cookies. See WAYBILL_PROXY_HEADER_BYTES.',
  },
  client_gone: {
    status: 499,
    title: 'The client closed the connection before the response was complete',
    fix: 'Nothing, if it did not want to wait.',
  },
  client_slow: {
    status: 499,
    title: 'The client did not read the response',
    fix: 'See WAYBILL_PROXY_SEND_TIMEOUT.',
  },
  method_unknown: {
    status: 501,
    title: 'Unsupported method',
    fix: 'Use a method such as GET or POST, in capital letters.',
  },
  coding_unknown: {
    status: 501,
    title: 'Unsupported transfer coding',
    fix: 'Send the body plain or chunked, over HTTP/1.1.',
  },
  version_unknown: { status: 505, title: 'Unsupported version of HTTP', fix: 'Use HTTP/1.1.' },
  // what happened here
  unreadable: { status: 403, title: 'File not readable', fix: 'Let the user of this process read it.' },
  file_cut: {
    status: 500,
    title: 'The file became shorter while it was sent',
    fix: 'Replace files by renaming, not by writing over them.',
  },
  internal: { status: 500, title: 'Internal error', fix: 'Read the log of the proxy.' },
  // what the gateway did
  upstream_away: {
    status: 502,
    title: 'The app server is not reachable',
    fix: 'Is the service gateway running? See WAYBILL_GATEWAY.',
  },
  upstream_lost: {
    status: 502,
    title: 'The app server closed the connection before it sent a response',
    fix: 'Read its log.',
  },
  upstream_cut: { status: 502, title: 'The response of the app server is incomplete', fix: 'Read its log.' },
  upstream_malformed: { status: 502, title: 'Malformed response of the app server', fix: 'Read its log.' },
  connect_timeout: {
    status: 504,
    title: 'The connection to the app server timed out',
    fix: 'See WAYBILL_PROXY_CONNECT_TIMEOUT.',
  },
  upstream_timeout: {
    status: 504,
    title: 'The app server did not respond in time',
    fix: 'See WAYBILL_PROXY_UPSTREAM_TIMEOUT.',
  },
  upstream_slow: {
    status: 504,
    title: 'The app server did not read the request in time',
    fix: 'See WAYBILL_PROXY_UPSTREAM_TIMEOUT.',
  },
});

export type FailureCode = keyof typeof FAILURES;
