// Story 1: DNS and its cache, TLS, and the routers.

import { byRule } from './handled.ts';
import * as pages from './pages.ts';
import { DJANGO_GIRLS, HTTPS_ONLY, type InStory, TATIS, TATIS_HTTPS } from './scenario.ts';
import {
  afterHsts,
  cold,
  halfWarm,
  handshakeFailed,
  kept,
  plainOnTlsPort,
  resumed,
  unanswered,
  unresolved,
  visit,
  warm,
} from './visits.ts';

export const finding: readonly InStory[] = [
  {
    name: 'lookups',
    title: 'The phonebook (DNS) and its memory (cache)',
    sentence: 'Look up a name that is not cached, look it up again, then look up one that is half cached.',
    look: 'Count the spans `ask` below each `resolve`: three, none, two. Then read `waybill.dns.cache`: miss, hit, partial.',
    visits: [
      visit('GET', `${TATIS}/`, cold, 200, pages.today),
      visit('GET', `${TATIS}/`, warm, 200, pages.today),
      visit('GET', `${DJANGO_GIRLS}/letters/Ola/`, halfWarm, 200, pages.letter),
    ],
  },
  {
    name: 'keep-alive',
    title: 'The same request three times',
    sentence: 'Send the same request three times: first cold, then with DNS cached, then over an open connection.',
    look: 'The second visit has no `ask`. The third has no `DNS lookup` and no `connect` either. Compare how long the three took.',
    visits: [
      visit('GET', `${TATIS}/`, cold, 200, pages.today),
      visit('GET', `${TATIS}/`, warm, 200, pages.today),
      visit('GET', `${TATIS}/`, kept, 200, pages.today),
    ],
  },
  {
    name: 'www',
    title: 'An alias (CNAME)',
    sentence: 'www.tatis.test is an alias: it is another name for tatis.test.',
    look: 'Open `resolve` and read `dns.answers`: first the alias (CNAME), then the address it points to.',
    visits: [visit('GET', 'http://www.tatis.test/', cold, 200, pages.today)],
  },
  {
    name: 'nowhere',
    title: 'A name that does not exist',
    sentence:
      'The phonebook (DNS) answers NXDOMAIN: there is no such name. The second time, the answer comes from its cache.',
    look: 'The trace ends after `DNS lookup`: without an address there is nothing to connect to. In the second visit open `resolve`: `waybill.dns.cache` is hit, and there is no `ask` below it.',
    visits: [unresolved('http://nowhere.test/', cold), unresolved('http://nowhere.test/', warm)],
  },
  {
    name: 'routes',
    title: 'Do three requests take the same route?',
    sentence: 'Three requests go to the same server, through the routers (post offices).',
    look: 'Compare the spans `forward` (drawn as `corner → south` and so on) below `connect`: which router comes second? Read `waybill.router.why` to see why it was chosen.',
    visits: [
      visit('GET', `${TATIS}/`, cold, 200, pages.today),
      visit('GET', `${TATIS}/`, warm, 200, pages.today),
      visit('GET', `${TATIS}/`, warm, 200, pages.today),
    ],
  },
  {
    name: 'rerouted',
    title: 'A way around a closed router',
    sentence:
      'The first choice on the way to island.tatis.test is a router (post office) that is closed, so the request goes around it.',
    look: 'Find the span `forward` (drawn as `corner → …` and so on) that has two events `route tried`: the first next hop failed, the second was open.',
    visits: [visit('GET', 'http://island.tatis.test/', cold, 200, pages.today)],
  },
  {
    name: 'silent',
    title: 'A name server that does not answer',
    sentence: 'The name server of silent.test cannot be reached, so the phonebook (DNS) reports a failure: SERVFAIL.',
    look: 'Open the last `ask`: it is red, and no `answer` (drawn as `… answers`) stands below it. SERVFAIL means "I could not find out"; NXDOMAIN means "there is no such name".',
    visits: [unanswered('http://silent.test/')],
  },
  {
    name: 'big',
    title: 'A DNS answer too long for UDP',
    sentence: 'The answer does not fit into one UDP packet, so the same question is sent again over TCP.',
    look: 'Find the two spans `resolve` and read `network.transport`: first udp, then tcp. Then count the spans `ask tatis.test.`: that server is asked twice, too.',
    visits: [visit('GET', 'http://big.tatis.test/', cold, 200, pages.today)],
  },
  {
    name: 'https',
    title: 'A request that no router can read (HTTPS)',
    sentence:
      'Before the request is sent, you and the web server agree on a secret key (TLS), and you check whose site it is.',
    look: 'Open `TLS handshake`, between `connect` and GET, and read the certificate: which name is it for, and who signed it? Then read `waybill.tls.client_hello`: it is not encrypted, so every router can read it.',
    visits: [visit('GET', `${TATIS_HTTPS}/`, cold, 200, pages.today)],
  },
  {
    name: 'tls-resumption',
    title: 'TLS, the second time',
    sentence:
      'A second request opens a new connection and continues the TLS session of the first: no certificate is sent again.',
    look: 'Open both spans `TLS handshake`: `tls.resumed` is false, then true, and the second has no event `certificate checked`. Compare how long they took.',
    visits: [
      visit('GET', `${TATIS_HTTPS}/`, cold, 200, pages.today),
      visit('GET', `${TATIS_HTTPS}/`, resumed, 200, pages.today),
    ],
  },
  {
    name: 'https-only',
    title: 'A site that insists on HTTPS',
    sentence: 'HTTP visitors are redirected to HTTPS, the site says "always use HTTPS" (HSTS), and the browser obeys.',
    look: 'The first visit is answered 301 (moved) by a rule of the web server. In the third, open `visit` and read `waybill.hsts`: http:// was typed, and the browser used HTTPS by itself.',
    visits: [
      visit('GET', `http://${HTTPS_ONLY}/`, cold, 301, byRule()),
      visit('GET', `https://${HTTPS_ONLY}/`, warm, 200, pages.today),
      visit('GET', `http://${HTTPS_ONLY}/`, afterHsts, 200, pages.today),
    ],
  },
  {
    name: 'ocean',
    title: 'The site is across an ocean',
    sentence:
      'The cable is 8,000 km long, 40 ms each way: first over a new connection, then over a kept one, then by TLS 1.2.',
    look: 'Divide how long each of the three took by 80 ms: 3, 1 and 4 times there and back. TCP (`connect`) needs one, `TLS handshake` one with TLS 1.3 and two with TLS 1.2, and the request (`GET`) one. A faster server changes none of it; a file that your browser has kept needs no request at all.',
    faults: { 'router.cornerDelay': 40 },
    visits: [
      visit('GET', `${TATIS_HTTPS}/`, cold, 200, pages.today),
      visit('GET', `${TATIS_HTTPS}/`, kept, 200, pages.today),
      { ...visit('GET', `${TATIS_HTTPS}/`, warm, 200, pages.today), tls: '1.2' },
    ],
  },
  {
    name: 'tls-version',
    title: 'An older TLS version, and one that is too old',
    sentence: 'A browser that only speaks TLS 1.2 needs one more round trip; one that only speaks TLS 1.1 is refused.',
    look: 'Open `TLS handshake` and read `waybill.tls.round_trips`: 2, where TLS 1.3 needs 1. In the second trace read `waybill.tls.server_hello`: it is not a hello but an alert. Which one?',
    visits: [
      { ...visit('GET', `${TATIS_HTTPS}/`, cold, 200, pages.today), tls: '1.2' },
      handshakeFailed(`${TATIS_HTTPS}/`, 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', { start: warm, tls: '1.1' }),
    ],
  },
  {
    name: 'wrong-name',
    title: 'A certificate for another name',
    sentence: 'The server shows a certificate that belongs to another name, so the browser sends no request.',
    look: '`TLS handshake` is red (ERR_TLS_CERT_ALTNAME_INVALID), and no GET follows. Read `tls.server.subject`: whose certificate is it?',
    visits: [handshakeFailed('https://mail.tatis.test/', 'ERR_TLS_CERT_ALTNAME_INVALID')],
  },
  {
    name: 'expired',
    title: 'A certificate that has expired',
    sentence: 'The certificate was valid until yesterday, so the browser sends no request.',
    look: '`TLS handshake` is red (CERT_HAS_EXPIRED). Read `tls.server.not_after`: when did the certificate end?',
    visits: [handshakeFailed('https://expired.tatis.test/', 'CERT_HAS_EXPIRED')],
  },
  {
    name: 'self-signed',
    title: 'A certificate signed by the site itself',
    sentence:
      'The site signed its own certificate, so nobody you trust vouches for it, and the browser sends no request.',
    look: '`TLS handshake` is red. Compare `tls.server.issuer` (who signed) with `tls.server.subject` (whose it is): they are the same. Anybody could have made it.',
    visits: [handshakeFailed('https://self-signed.tatis.test/', 'DEPTH_ZERO_SELF_SIGNED_CERT')],
  },
  {
    name: 'unknown-authority',
    title: 'A certificate signed by an unknown authority',
    sentence: 'An authority signed the certificate, but not one that you trust, so the browser sends no request.',
    look: '`TLS handshake` is red (UNABLE_TO_VERIFY_LEAF_SIGNATURE). Read `tls.server.issuer`: who signed it? Then look for that authority in `waybill.tls.chain`: its own certificate is not there, and you do not have it either.',
    visits: [handshakeFailed('https://untrusted-root.tatis.test/', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE')],
  },
  {
    name: 'plain-http-on-tls-port',
    title: 'Plain HTTP on the TLS port, and TLS on the plain port',
    sentence: 'A plain HTTP request goes to the HTTPS port (443), then an HTTPS request to the plain HTTP port (80).',
    look: 'The first visit is answered 400 (bad request), and the proxy has no span `GET`: the TLS port refused it before any site saw it. In the second visit the `TLS handshake` fails: plain HTTP is listening there.',
    visits: [
      plainOnTlsPort('http://tatis.test:443/', 400),
      handshakeFailed('https://tatis.test:80/', 'ERR_SSL_WRONG_VERSION_NUMBER', { isTls: false }),
    ],
  },
];
