// The words that a learner may not know, each explained once: in docs/glossary.md, on the page, in lessons.

/** From a word to what it means, in a sentence or two; in alphabetical order. */
export const GLOSSARY: Readonly<Record<string, string>> = {
  'A record': 'An entry in a zone that gives the IPv4 address of a name.',
  'app server':
    "The program that holds the workers and gives each request to a free one: gunicorn's job, here the service `gateway`.",
  authority:
    'Who signs certificates, and is believed: by browsers because their makers chose it, in the lab because it made its own.',
  cache:
    'A memory of answers, used again for as long as they are allowed to be. A found answer is a *hit*, a missing one a *miss*.',
  certificate: 'A signed statement that a key belongs to a name: who signed it, and from when until when it is good.',
  client: 'The side of an exchange that asks.',
  CNAME: 'An entry in a zone which says that a name is an alias of another name.',
  'context propagation':
    "Passing on a trace's id and the asking span's id with a request, so that the next program's spans find their parent.",
  csrf: "Cross-site request forgery: a stranger's page that sends a form in your name. The csrf token, a seal in the site's own forms, prevents it.",
  DNS: 'The domain name system, the phonebook of the internet: from names to addresses.',
  dynamic: 'Written anew for each request, by a view.',
  ETag: 'A version mark of a file, by which a browser asks whether what it has is still right.',
  event: 'A moment within a span, with a time and details: a rule tried, the first byte.',
  forward: 'Handing a connection or request on to the next hop.',
  framework:
    "The library in which a site is written: it finds the view for an address and gives it what it needs. Django's job.",
  gateway: "The lab's app server: it queues requests and gives each to a free worker.",
  glue: 'The address of a name server, told along with a referral, where finding it otherwise would go round in a circle.',
  handshake: 'How two who have never met agree on a secret before anything is sent: the beginning of TLS.',
  hop: 'One stop on the way of a request.',
  HSTS: 'A header by which a site says that it is to be asked by HTTPS alone, for so many seconds.',
  HTTP: 'The language of the web: a request with a method, an address and headers; a response with a status, headers and a body.',
  HTTPS: 'HTTP under TLS: nobody on the way can read or change it, and the site has shown whose it is.',
  instrumentation: 'The code that makes spans: written by hand at the seams, or added automatically to libraries.',
  Jaeger: 'A well-known open-source program that stores and shows traces.',
  'kept connection': 'A connection that stays open for the next request, which then needs neither look-up nor connect.',
  location: 'A rule of the web server: which addresses, and what to do with them.',
  middleware: 'Code that sees every request before the view and every response after it: session, sign-in, csrf.',
  NXDOMAIN: "The DNS's answer that a name does not exist.",
  OpenTelemetry: 'The open standard for traces, metrics and logs, with libraries for every common language.',
  orphan: 'A span whose parent is not in the trace.',
  OTLP: "OpenTelemetry's protocol: how spans travel from a program to where they are stored.",
  parent: "The span that asked for another one's work.",
  port: 'A number on a machine at which one program listens: a mailbox.',
  'PROXY protocol': "A few bytes before a connection's first, by which a relay tells whom it speaks for.",
  queue: 'Where requests wait until a worker is free.',
  referral: "A name server's answer that says whom to ask next.",
  resolver: 'The program that finds the answer to a DNS question by asking name servers, and remembers it.',
  'reverse proxy':
    "A web server before others: it serves files itself and hands on the rest. nginx's job, here the service `proxy`.",
  root: 'In the DNS, the servers at the very end of every name. In a trace, the span without a parent.',
  router: 'A machine that passes packets on towards their address, knowing only the next step.',
  sampling: 'Recording some traces only, to save cost.',
  server: 'The side of an exchange that is asked and answers.',
  session: 'What a site remembers of one visitor from request to request, found by a key in a cookie.',
  SNI: 'Server name indication: the name of the site, in the open, in the first message of TLS, so that the right certificate is shown.',
  span: 'One line of a trace: one piece of work of one program, from its beginning to its end.',
  static: 'The same for everybody: a file that is sent as it is.',
  status: 'The number by which a response says how it went: 200 fine, 304 not changed, 404 not found, 503 too busy.',
  template: 'A page with gaps, which a view fills in.',
  TLS: 'Transport layer security: the seal around a connection. It is agreed on in a handshake, in which the server shows a certificate.',
  trace: 'All spans of one request, in a tree: its waybill.',
  traceparent: "The header that carries a trace's id and the asking span's id (W3C Trace Context).",
  TTL: 'Time to live: for how many seconds an answer may be remembered.',
  upstream: 'The server that a proxy hands a request to.',
  urlresolver: 'The part of a framework that finds the view for an address, by a list of patterns.',
  view: 'The function of a site that writes the answer for an address.',
  waybill: 'The paper that travels with a parcel and lists every stop. Here: a trace.',
  worker: 'A process that answers one request at a time.',
  zone: 'A part of the DNS that one owner answers for: `test.`, `tatis.test.`.',
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
