// Why a visit can end without a response.

import { defineFailures, type Failure, failureText } from '../../runtime/failures.ts';
import { ownProperty } from '../../traces/own-property.ts';

export const FAILURES = defineFailures({
  NXDOMAIN: {
    title: 'The name does not exist',
    fix: 'Check the spelling. The lab knows only its own names, such as tatis.test, www.tatis.test and djangogirls.test; it does not query the internet.',
  },
  NODATA: { title: 'The name has no address', fix: 'Use a name that has an A record.' },
  SERVFAIL: {
    title: 'The resolver could not find an answer',
    fix: 'Read the spans of dns in the trace: a name server did not answer, or its answer was not usable.',
  },
  REFUSED: { title: 'The resolver refused the query', fix: "Use one of the lab's names, such as tatis.test." },
  FORMERR: {
    title: 'The resolver could not parse the query',
    fix: 'This is a defect; please report it with the trace.',
  },
  invalid_name: {
    title: 'Invalid domain name',
    fix: 'Each label has 1 to 63 bytes, the whole name at most 253.',
  },
  lookup_timeout: {
    title: 'The resolver did not answer',
    fix: 'Is the service dns running (npm run doctor)? If it is, correct WAYBILL_RESOLVER, its address.',
  },
  EHOSTUNREACH: {
    title: 'No route to host',
    fix: 'The lab has no server at this address. Use another name, or add the address to the file of WAYBILL_ADDRESSES.',
  },
  ECONNREFUSED: {
    title: 'Connection refused',
    fix: 'Is the port right (80, or 443 for https)? Is the service proxy running (npm run doctor)?',
  },
  connect_timeout: {
    title: 'Connection timed out',
    fix: 'Are the routers and the service proxy running (npm run doctor)?',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    title: 'The site signed its certificate itself',
    fix: 'No request was sent: no authority says whose site this is. A browser would warn you, too.',
  },
  ERR_SSL_WRONG_VERSION_NUMBER: {
    title: 'The port does not speak TLS',
    fix: 'Begin the address with http://, or use the port for HTTPS.',
  },
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: {
    title: 'The server refused this TLS version',
    fix: 'Send the request with TLS 1.2 or 1.3.',
  },
  CERT_HAS_EXPIRED: {
    title: 'The certificate has expired',
    fix: 'The owner of the site must renew it. A browser would stop here, too.',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    title: 'The certificate is for another name',
    fix: 'No request was sent: this may be another server. The certificate\'s names are in the span "TLS handshake".',
  },
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    title: 'The certificate is not signed by a trusted authority',
    fix: 'No request was sent: the issuer is not in the file of WAYBILL_CA (npm run ca shows it). If you trust the issuer, add its certificate to that file.',
  },
  no_authority: {
    title: 'The certificate authority could not be read',
    fix: "Start the proxy: it writes the authority's certificate. WAYBILL_CA must name that file.",
  },
  tls_timeout: { title: 'The TLS handshake timed out', fix: 'Use a port at which the server speaks TLS, such as 443.' },
  answer_timeout: {
    title: 'The response did not arrive in time',
    fix: 'The trace shows which service did not respond. WAYBILL_ANSWER_TIMEOUT sets the limit.',
  },
  response_too_large: {
    title: 'The response is too large',
    fix: 'In a page load a file may have 8 MiB. Make it smaller, or load it by itself.',
  },
  invalid_encoding: {
    title: 'The body could not be decompressed',
    fix: 'The server must send what its Content-Encoding says, and only a coding that the request accepts: gzip, deflate, br.',
  },
  page_timeout: {
    title: 'The page was not loaded in time',
    fix: 'Look for the longest bars of the page load: requests that had not begun after 60 s are not sent.',
  },
  ECONNRESET: {
    title: 'The connection was closed before the response was complete',
    fix: 'Try again. The trace shows which service closed it.',
  },
});

/** A visit that ended without a response; `code` is the `error.type` of its spans. */
export class VisitFailure extends Error {
  readonly code: string;

  constructor(code: string) {
    super(
      failureText(ownProperty<Omit<Failure, 'code'>>(FAILURES, code) ?? { title: code, fix: 'Look at the trace.' }),
    );
    this.name = 'VisitFailure';
    this.code = code;
  }
}
