// Story 1, how a letter finds its reader: the phonebook, its memory, and the way through the post offices.

import * as pages from './pages.ts';
import { DJANGO_GIRLS, type InStory, TATIS } from './scenario.ts';
import { cold, halfWarm, kept, unanswered, unresolved, visit, warm } from './visits.ts';

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
    name: 'again',
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
    name: 'island',
    title: 'A closed way',
    sentence: 'The first choice on the way to an island is closed, and the letter goes around.',
    look: 'One `forward` has two events `way tried`: the first failed, the second was open.',
    visits: [visit('GET', 'http://island.tatis.test/', cold, 200, pages.today)],
  },
];
