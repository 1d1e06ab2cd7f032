// Why a request gets an error page, which shows title and fix, or no response.

import { defineFailures } from '../../runtime/failures.ts';
import { failurePage } from '../../runtime/http/failure-page.ts';

const SEE_LOG = 'Try again; the log of the gateway has the reason.';
const SEE_TRACE = 'The trace shows which step was slow. WAYBILL_PROXY_UPSTREAM_TIMEOUT sets the limit.';

export const FAILURES = defineFailures({
  // of the request
  bad_request: {
    status: 400,
    title: 'Malformed HTTP request',
    fix: 'Your program sent something that is not HTTP. Use a browser, or curl.',
  },
  target_malformed: {
    status: 400,
    title: 'Malformed request target',
    fix: 'Check the address: it has a % without two digits behind it, or too many "..".',
  },
  host_missing: {
    status: 400,
    title: 'The request has no Host header',
    fix: 'Send a Host header with the name of the site, such as tatis.test.',
  },
  host_duplicate: { status: 400, title: 'The request has more than one Host header', fix: 'Send one Host header.' },
  host_malformed: {
    status: 400,
    title: 'Malformed Host header',
    fix: 'Send the name of the site in it, such as tatis.test.',
  },
  plain_http: {
    status: 400,
    title: 'The plain HTTP request was sent to the HTTPS port',
    fix: 'Begin the address with https://, or use the port for plain HTTP.',
  },
  not_found: {
    status: 404,
    title: 'File not found',
    fix: 'Check the address for typing errors; the span "static file" shows which file was looked for.',
  },
  hidden: {
    status: 404,
    title: 'File not found',
    fix: 'A file is not served if a name in its path begins with a dot, or if it is a symbolic link out of the static folder. Rename it, or copy it into the folder.',
  },
  method_not_allowed: { status: 405, title: 'Method not allowed', fix: 'Use a method that the Allow header lists.' },
  request_timeout: {
    status: 408,
    title: 'The request was not received in time',
    fix: 'Try again over a faster connection. WAYBILL_PROXY_REQUEST_TIMEOUT sets the limit.',
  },
  precondition_failed: {
    status: 412,
    title: 'Precondition failed',
    fix: 'The file has changed since you read it: read it again, without If-Match and If-Unmodified-Since.',
  },
  body_too_large: {
    status: 413,
    title: 'Request body too large',
    fix: 'Send less. WAYBILL_PROXY_BODY_BYTES sets the limit.',
  },
  target_too_long: {
    status: 414,
    title: 'Request target too long',
    fix: 'Shorten the address, or send the data by POST. WAYBILL_PROXY_TARGET_BYTES sets the limit.',
  },
  range_unsatisfiable: {
    status: 416,
    title: 'Range not satisfiable',
    fix: 'The range begins after the end of the file. Send one within its length, which the Content-Range header has.',
  },
  headers_too_large: {
    status: 431,
    title: 'Request headers too large',
    fix: 'Delete the cookies of this site. WAYBILL_PROXY_HEADER_BYTES sets the limit.',
  },
  client_gone: {
    status: 499,
    title: 'The client closed the connection before the response was complete',
    fix: 'Nothing is to be done if the visitor left the page. If it happens often, look for the slow span in the trace.',
  },
  client_slow: {
    status: 499,
    title: 'The client did not read the response in time',
    fix: 'Try again over a faster connection. WAYBILL_PROXY_SEND_TIMEOUT sets the limit.',
  },
  unsupported_method: {
    status: 501,
    title: 'Unsupported method',
    fix: 'Use a method of HTTP, such as GET or POST, in upper case.',
  },
  unsupported_coding: {
    status: 501,
    title: 'Unsupported transfer coding',
    fix: 'Send the body as it is, or chunked over HTTP/1.1.',
  },
  unsupported_version: { status: 505, title: 'HTTP version not supported', fix: 'Use HTTP/1.1.' },
  // of the proxy
  unreadable: {
    status: 403,
    title: 'File not readable',
    fix: 'The account that runs the proxy may not read the file: chmod a+r FILE, and chmod a+x for its folders.',
  },
  file_truncated: {
    status: 500,
    title: 'The file became shorter while it was sent',
    fix: 'Try again. To replace a file, write the new version under another name, then rename it: mv new.css style.css',
  },
  internal: { status: 500, title: 'Internal server error', fix: 'Try again; the log of the proxy has the reason.' },
  // of the gateway
  upstream_unreachable: {
    status: 502,
    title: 'The app server is not reachable',
    fix: 'Is the service gateway running (npm run doctor)? If not, restart the lab; if it is, correct WAYBILL_GATEWAY, its address.',
  },
  upstream_lost: { status: 502, title: 'The app server closed the connection before it sent a response', fix: SEE_LOG },
  upstream_incomplete: { status: 502, title: 'The response of the app server is incomplete', fix: SEE_LOG },
  upstream_malformed: { status: 502, title: 'The response of the app server is malformed', fix: SEE_LOG },
  connect_timeout: {
    status: 504,
    title: 'The connection to the app server timed out',
    fix: 'Is the app server in WAYBILL_GATEWAY the right one, and is its machine on? npm run doctor checks the lab.',
  },
  upstream_timeout: { status: 504, title: 'The app server did not respond in time', fix: SEE_TRACE },
  upstream_slow: { status: 504, title: 'The app server did not read the request in time', fix: SEE_TRACE },
});

export type FailureCode = keyof typeof FAILURES;

/** The `Allow` header (RFC 9110, 15.5.6) of requests that are not for a static file. */
export const ALLOWED_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';

/** The page of `code` with its headers, and a link to its `trace`. */
export function errorPage(code: FailureCode, trace?: { id: string; url: string }) {
  const body = failurePage(FAILURES[code], trace);
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...(FAILURES[code].status === 405 && { allow: ALLOWED_METHODS }),
  };
  return { body, headers };
}
