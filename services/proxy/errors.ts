// Why a letter is not answered as it should be.

/** Each failure: its code (on spans and in the log), the status answered, what it means, what to do. */
export const FAILURES = {
  // what the client sent
  bad_request: [400, 'This is not HTTP as it should be', 'Mend the client.'],
  target_malformed: [400, 'This address is not one', 'Look for a bad % or too many dots in its path.'],
  host_missing: [400, 'The letter does not say which site it is for', 'Send one Host header.'],
  host_twice: [400, 'The letter says twice which site it is for', 'Send one Host header.'],
  host_malformed: [400, 'The name of the site is malformed', 'Send a name such as tatis.test in the Host header.'],
  not_found: [
    404,
    'There is no such file',
    'Look at the address; the span "static file" says where it was looked for.',
  ],
  hidden: [
    404,
    'There is no such file',
    'Files whose names begin with a dot, and links that lead outside, are not shown.',
  ],
  method_not_allowed: [405, 'A file can only be read', 'Use GET or HEAD.'],
  request_timeout: [408, 'The letter did not arrive in time', 'Send faster. See WAYBILL_PROXY_REQUEST_TIMEOUT.'],
  changed: [412, 'The file is not the one that you know', 'Read it again, without conditions.'],
  body_too_large: [413, 'The letter is too heavy', 'Send less. See WAYBILL_PROXY_BODY_BYTES.'],
  target_too_long: [414, 'The address is too long', 'Ask with POST. See WAYBILL_PROXY_TARGET_BYTES.'],
  range_unsatisfiable: [416, 'The file has no such part', 'Content-Range says how long it is.'],
  headers_too_large: [431, 'The headers are too large', 'Delete cookies. See WAYBILL_PROXY_HEADER_BYTES.'],
  client_gone: [499, 'The client went before its answer was whole', 'Nothing, if it was in a hurry.'],
  client_slow: [499, 'The client did not take its answer', 'See WAYBILL_PROXY_SEND_TIMEOUT.'],
  coding_unknown: [
    501,
    'The letter is packed in a way that is not understood',
    'Send the body plain or chunked, over HTTP/1.1.',
  ],
  version_unknown: [505, 'This version of HTTP is not spoken here', 'Use HTTP/1.1.'],
  // what happened here
  unreadable: [403, 'The file may not be read', 'Let the user of this process read it.'],
  file_cut: [500, 'The file became shorter while it was sent', 'Replace files by renaming, not by writing over them.'],
  internal: [500, 'Internal error.', 'Read the log of the proxy.'],
  // what the gateway did
  upstream_away: [502, 'The app server is away', 'Is the service gateway running? See WAYBILL_GATEWAY.'],
  upstream_lost: [502, 'The app server closed the connection before it had answered', 'Look at its log.'],
  upstream_cut: [502, 'The app server broke off its answer', 'Look at its log.'],
  upstream_malformed: [502, 'The answer of the app server is not HTTP as it should be', 'Look at its log.'],
  connect_timeout: [504, 'The app server could not be reached in time', 'See WAYBILL_PROXY_CONNECT_TIMEOUT.'],
  upstream_timeout: [504, 'The app server did not answer in time', 'See WAYBILL_PROXY_UPSTREAM_TIMEOUT.'],
  upstream_slow: [504, 'The app server did not take the letter', 'See WAYBILL_PROXY_UPSTREAM_TIMEOUT.'],
} as const satisfies Record<string, readonly [status: number, title: string, todo: string]>;

export type FailureCode = keyof typeof FAILURES;

/** The page that tells of a failure; no part of it is taken from the request. */
export function failurePage(code: FailureCode, trace: { id: string; url: string } | undefined): string {
  const [status, title, todo] = FAILURES[code];
  const link = trace && `\n<p>Its waybill: <a href="${trace.url}">${trace.id}</a></p>`;
  return `<!doctype html>\n<html lang="en"><title>${title}</title>\n<h1>${status}: ${title}</h1>\n<p>${todo}</p>${link ?? ''}\n`;
}
