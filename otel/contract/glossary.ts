// The words that a learner may not know, each explained once: in docs/glossary.md, on the page, in lessons.

/** From a word to what it means, in a sentence or two; in alphabetical order. */
export const GLOSSARY: Readonly<Record<string, string>> = {
  'A record': 'An entry in a zone that gives the IPv4 address of a name.',
  'app server':
    'The program between web server and workers, such as gunicorn; here the service `gateway`, which gives each request to a free worker.',
  authority:
    'An organisation that signs certificates. Browsers trust the authorities that their makers have chosen; the lab made one of its own.',
  'background worker':
    'A program that does work after the request has been answered. It takes messages from a queue; here it is a part of each worker.',
  cache: 'A memory of earlier answers. When it has the answer, that is a *hit*; when it does not, a *miss*.',
  'Cache-Control':
    'A header of a response that says for how long a browser may keep it (`max-age`), or that it must ask first (`no-cache`), or must not keep it (`no-store`).',
  certificate: 'A signed statement that a key belongs to a name: who signed it, and from when until when it is valid.',
  client: 'The side that sends a request.',
  CNAME: 'An entry in a zone that makes a name an alias of another name.',
  'context propagation':
    "Sending the trace's id and the current span's id along with a request, so that the next program's spans join the same trace.",
  csrf: "Cross-site request forgery: a page of another site sends a form in your name. A secret token in the site's own forms prevents it.",
  DNS: 'The domain name system, the phonebook of the internet: it turns names into addresses.',
  dynamic: 'Written anew for each request, by a view.',
  ETag: 'A version mark of a file. With it, a browser can ask whether the file has changed.',
  event: 'A moment within a span, with a time and details: a rule was tried, the first byte came.',
  forward: 'To pass a connection or a request on to the next hop.',
  framework: "A library for writing sites: it finds the view for an address and gives it what it needs. Django's job.",
  gateway: "The lab's app server: it queues requests and gives each to a free worker.",
  glue: 'The address of a name server, sent along with a referral, where looking it up would go round in a circle.',
  handshake: 'The beginning of a TLS connection: two programs that have never met agree on a secret key.',
  hop: 'One stop on the way of a request.',
  HSTS: 'A header with which a site says: for the next N seconds, use HTTPS only.',
  HTTP: 'The language of the web: a request has a method, an address and headers; a response has a status, headers and a body.',
  HTTPS: 'HTTP inside TLS: nobody on the way can read or change it, and the site has shown a certificate.',
  instrumentation: 'The code that makes spans: written by hand, or added to libraries automatically.',
  Jaeger: 'A well-known open-source program that stores and shows traces.',
  'kept connection':
    'A connection that stays open for the next request, which then needs neither DNS lookup nor connect.',
  location: 'A rule of the web server: which addresses it is for, and what to do with them.',
  middleware: 'Code that sees every request before the view and every response after it: session, sign-in, csrf.',
  NXDOMAIN: "The DNS's answer that a name does not exist.",
  OpenTelemetry: 'The open standard for traces, metrics and logs, with libraries for every common language.',
  orphan: 'A span whose parent is not in the trace.',
  OTLP: "OpenTelemetry's protocol: it carries spans from a program to the place where they are stored.",
  parent: 'The span that called another span.',
  port: 'A number on a machine, like a mailbox: one program listens there.',
  'PROXY protocol':
    'A few bytes at the beginning of a connection, by which a relay says from whom the connection comes.',
  queue: 'The line in which requests wait until a worker is free.',
  referral: "A name server's answer that says which server to ask next.",
  resolver: 'The program that finds the answer to a DNS question by asking name servers, and caches it.',
  'reverse proxy':
    "A web server in front of other servers: it serves files by itself and passes the other requests on. nginx's job, here the service `proxy`.",
  root: 'In the DNS, the servers where every search for a name can begin. In a trace, the span without a parent.',
  router: 'A machine that passes packets on towards their address. It knows only the next step.',
  sampling: 'Recording only some of the traces, to save cost.',
  server: 'The side that receives a request and answers it.',
  session: 'What a site remembers of one visitor from request to request, found by a key in a cookie.',
  SNI: 'Server name indication: the name of the site in the first message of TLS. It is not encrypted, so that the server can choose the right certificate.',
  span: 'One line of a trace: one piece of work of one program, from its beginning to its end.',
  'span link':
    'A reference from a span to a span that is not its parent, often of another trace: the work was caused by it, but it did not wait for the work.',
  static: 'The same for everybody: a file that is sent as it is.',
  status: 'The number in a response that says how it went: 200 fine, 304 not changed, 404 not found, 503 too busy.',
  template: 'A page with gaps, which a view fills in.',
  TLS: 'Transport layer security: it encrypts a connection. It begins with a handshake, in which the server shows a certificate.',
  trace: 'All spans of one request, as a tree: its waybill.',
  traceparent: "The header that carries the trace's id and the calling span's id (W3C Trace Context).",
  TTL: 'Time to live: for how many seconds an answer may be cached.',
  upstream: 'The server to which a proxy passes a request.',
  urlresolver: 'The part of a framework that finds the view for an address, by a list of URL patterns.',
  Vary: 'A header that lists the headers of the request on which a response depends: a cache may use it only for requests that agree in these.',
  view: 'The function of a site that writes the answer for an address.',
  waybill: 'The paper that travels with a parcel and lists every stop. Here: a trace.',
  worker: 'A process that handles one request at a time.',
  zone: 'A part of the DNS that one owner is responsible for: `test.`, `tatis.test.`.',
};

/** A word of the glossary where it stands in a text, also in the plural; the word itself is its first group. */
export const GLOSSARY_WORD = new RegExp(
  `(?<![\\w./-])(${Object.keys(GLOSSARY)
    .sort((a, b) => b.length - a.length)
    .join('|')})(?:s|es)?(?![\\w/-]|\\.\\w)`,
);

/** Where `word` is explained in docs/glossary.md. */
export function glossaryLink(word: string): string {
  return `docs/glossary.md#${word.toLowerCase().replaceAll(' ', '-')}`;
}
