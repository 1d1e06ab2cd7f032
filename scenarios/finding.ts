// Story 1, how a letter finds its reader: the phonebook, its memory, and the way through the post offices.

import { byRule } from './handled.ts';
import * as pages from './pages.ts';
import { DJANGO_GIRLS, type InStory, SEALED, SEALED_ONLY, TATIS } from './scenario.ts';
import {
  bare,
  cold,
  halfWarm,
  kept,
  resumed,
  strict,
  unanswered,
  unresolved,
  unsealed,
  visit,
  warm,
} from './visits.ts';

export const finding: readonly InStory[] = [
  {
    name: 'lookups',
    title: 'The phonebook, and its memory',
    sentence:
      'A name is asked for from the root down; then it is remembered; then another, of which half is remembered.',
    look: 'Count the spans `ask` under `resolve`: three, none, two. waybill.dns.cache says miss, hit, partial.',
    visits: [
      visit('GET', `${TATIS}/`, cold, 200, pages.today),
      visit('GET', `${TATIS}/`, warm, 200, pages.today),
      visit('GET', `${DJANGO_GIRLS}/letters/Ola/`, halfWarm, 200, pages.letter),
    ],
  },
  {
    name: 'keep-alive',
    title: 'The same letter three times',
    sentence: 'First everything is new; then the name is remembered; then the connection is kept, too.',
    look: 'The second visit has no `ask`. The third has neither `DNS lookup` nor `connect`: what did that save?',
    visits: [
      visit('GET', `${TATIS}/`, cold, 200, pages.today),
      visit('GET', `${TATIS}/`, warm, 200, pages.today),
      visit('GET', `${TATIS}/`, kept, 200, pages.today),
    ],
  },
  {
    name: 'www',
    title: 'An alias',
    sentence: 'www.tatis.test is another name (CNAME) of tatis.test.',
    look: 'The answer under `resolve` (dns.answers) has two records: the alias, and the address of the name it stands for.',
    visits: [visit('GET', 'http://www.tatis.test/', cold, 200, pages.today)],
  },
  {
    name: 'nowhere',
    title: 'A name that nobody has',
    sentence: 'The phonebook says NXDOMAIN; asked again, it remembers even that.',
    look: 'The trace ends after `DNS lookup`: without an address there is nobody to connect to. The second time nobody is asked.',
    visits: [unresolved('http://nowhere.test/', cold), unresolved('http://nowhere.test/', warm)],
  },
  {
    name: 'silent',
    title: 'A name server that is away',
    sentence: 'The server of the domain silent.test cannot be reached, so the phonebook finds no answer (SERVFAIL).',
    look: 'The last `ask` is red and has no `answer` below it. NXDOMAIN would mean: there is no such name. This is another thing.',
    visits: [unanswered('http://silent.test/')],
  },
  {
    name: 'big',
    title: 'An answer too long for a datagram',
    sentence: 'The answer is cut to fit one UDP datagram, and asked for again over TCP.',
    look: 'Two spans `resolve`: network.transport is udp, then tcp. The domain’s server is asked twice as well.',
    visits: [visit('GET', 'http://big.tatis.test/', cold, 200, pages.today)],
  },
  {
    name: 'https',
    title: 'A sealed envelope',
    sentence: 'The letter goes by HTTPS: first you and the web server agree on a seal, and you check who made it.',
    look: '`TLS handshake` stands between `connect` and GET; its certificate says whose it is and who vouches for it. What could a post office read?',
    visits: [visit('GET', `${SEALED}/`, cold, 200, pages.today)],
  },
  {
    name: 'tls-resumption',
    title: 'The same seal again',
    sentence: 'A second letter over a new connection takes up the seal of the first: no certificate is shown again.',
    look: 'tls.resumed is true the second time, and `certificate checked` is missing: what did that save?',
    visits: [visit('GET', `${SEALED}/`, cold, 200, pages.today), visit('GET', `${SEALED}/`, resumed, 200, pages.today)],
  },
  {
    name: 'https-only',
    title: 'A site that is asked under seal alone',
    sentence:
      'Whoever asks by HTTP is sent to HTTPS; there the site says to come so from now on; and the browser does.',
    look: 'The first answer is 301, by a rule. The third visit was typed with http, but waybill.hsts says what was asked: what can nobody read any more?',
    visits: [
      visit('GET', `http://${SEALED_ONLY}/`, cold, 301, byRule()),
      visit('GET', `https://${SEALED_ONLY}/`, warm, 200, pages.today),
      visit('GET', `http://${SEALED_ONLY}/`, strict, 200, pages.today),
    ],
  },
  {
    name: 'tls-version',
    title: 'An older seal, and one that is too old',
    sentence: 'A browser that knows but TLS 1.2 needs one journey more; one that knows but TLS 1.1 is turned away.',
    look: 'waybill.tls.round_trips is 2, where it was 1. In the second trace waybill.tls.server_hello is no hello, but an alert: which?',
    visits: [
      { ...visit('GET', `${SEALED}/`, cold, 200, pages.today), tls: '1.2' },
      unsealed(`${SEALED}/`, 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', { start: warm, tls: '1.1' }),
    ],
  },
  {
    name: 'wrong-name',
    title: 'The seal of somebody else',
    sentence: 'The certificate that is shown is for another name: nothing is sent.',
    look: '`TLS handshake` is red (ERR_TLS_CERT_ALTNAME_INVALID), and no GET follows. tls.server.subject says whose seal it was.',
    visits: [unsealed('https://mail.tatis.test/', 'ERR_TLS_CERT_ALTNAME_INVALID')],
  },
  {
    name: 'expired',
    title: 'A seal that is past its end',
    sentence: 'The certificate was good until yesterday: nothing is sent.',
    look: '`TLS handshake` is red (CERT_HAS_EXPIRED); tls.server.not_after says since when. Why do certificates end at all?',
    visits: [unsealed('https://expired.tatis.test/', 'CERT_HAS_EXPIRED')],
  },
  {
    name: 'self-signed',
    title: 'A seal that vouches for itself',
    sentence: 'Nobody whom you know has signed this certificate but its owner: nothing is sent.',
    look: '`TLS handshake` is red; tls.server.issuer is the same as tls.server.subject. Anybody could have made it.',
    visits: [unsealed('https://self-signed.tatis.test/', 'DEPTH_ZERO_SELF_SIGNED_CERT')],
  },
  {
    name: 'unknown-authority',
    title: 'A seal that a stranger vouches for',
    sentence: 'The certificate is signed by an authority, but by none that you know: nothing is sent.',
    look: '`TLS handshake` is red (UNABLE_TO_VERIFY_LEAF_SIGNATURE). In waybill.tls.chain nobody vouches for the last one: who would have to?',
    visits: [unsealed('https://untrusted-root.tatis.test/', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE')],
  },
  {
    name: 'plain-http-on-tls-port',
    title: 'Plain and sealed, at the wrong doors',
    sentence: 'A letter without an envelope comes to the sealed door (443), and a sealed one to the plain door (80).',
    look: 'The first has an answer, 400, that no site wrote: no proxy GET. In the second no hands are shaken, for the other side does not know how.',
    visits: [
      bare('http://tatis.test:443/', 400),
      unsealed('https://tatis.test:80/', 'ERR_SSL_WRONG_VERSION_NUMBER', { isAnswered: false }),
    ],
  },
  {
    name: 'routes',
    title: 'Three letters, three ways?',
    sentence: 'Three letters go to the same place, through the post offices.',
    look: 'Compare the spans `forward` under `connect`: which office is passed second, and why (waybill.router.why)?',
    visits: [
      visit('GET', `${TATIS}/`, cold, 200, pages.today),
      visit('GET', `${TATIS}/`, warm, 200, pages.today),
      visit('GET', `${TATIS}/`, warm, 200, pages.today),
    ],
  },
  {
    name: 'rerouted',
    title: 'A closed way',
    sentence: 'The first choice on the way to an island is closed, and the letter goes around.',
    look: 'One `forward` has two events `way tried`: the first failed, the second was open.',
    visits: [visit('GET', 'http://island.tatis.test/', cold, 200, pages.today)],
  },
];
