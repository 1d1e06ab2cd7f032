// The scenarios: what a learner can send, and exactly which spans each visit must leave.
// A scenario is one or more visits in order; a visit is one request and one trace.

import { fromShelf } from './handled.ts';
import * as pages from './pages.ts';
import { cold, halfWarm, kept, unanswered, unresolved, type Visit, visit, warm } from './visits.ts';

/** What the gateway's control port sets for a scenario: see services/gateway/README.md. */
export type GatewaySettings = {
  workers?: number;
  queueDepth?: number;
  timeout?: number;
  fault?: 'crash' | 'stuck';
  faultEvery?: number;
};

export type Scenario = {
  name: string;
  /** One line for `--list`. */
  title: string;
  visits: Visit[];
  /** Set before the first visit, and put back after the last. */
  gateway?: GatewaySettings;
  /** Whether all workers are replaced, one after another, from the second visit on. */
  reload?: true;
};

const TATIS = 'http://tatis.test';
const DJANGO_GIRLS = 'http://djangogirls.test';

/** Every scenario, in the order in which `fire --list` shows them. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'static',
    title: 'a static file: the proxy serves it itself',
    visits: [visit('GET', `${TATIS}/static/style.css`, cold, 200, fromShelf('sent'))],
  },
  {
    name: 'dynamic',
    title: 'the home page: Does Tatis Jr Have an Error Today?',
    visits: [visit('GET', `${TATIS}/`, cold, 200, pages.today)],
  },
  {
    name: 'letter',
    title: 'a letter written especially for Ola',
    visits: [visit('GET', `${DJANGO_GIRLS}/letters/Ola/`, cold, 200, pages.letter)],
  },
  {
    name: 'job',
    title: 'sign in, read the form, ask for another description of your job: "Done!"',
    visits: [
      visit('GET', `${DJANGO_GIRLS}/accounts/login/`, cold, 200, pages.loginForm),
      visit('POST', `${DJANGO_GIRLS}/accounts/login/`, warm, 302, pages.signIn, { username: 'ola', password: 'ola' }),
      visit('GET', `${DJANGO_GIRLS}/jobs/1/`, warm, 200, pages.jobDetail),
      visit('POST', `${DJANGO_GIRLS}/jobs/1/description`, warm, 200, pages.jobDescription, {
        description: 'Teaches Django',
      }),
    ],
  },
  {
    name: 'forbidden',
    title: "the same, for a job that is somebody else's: not allowed",
    visits: [
      visit('GET', `${DJANGO_GIRLS}/accounts/login/`, cold, 200, pages.loginForm),
      visit('POST', `${DJANGO_GIRLS}/accounts/login/`, warm, 302, pages.signIn, { username: 'ola', password: 'ola' }),
      visit('GET', `${DJANGO_GIRLS}/jobs/2/`, warm, 200, pages.jobDetail),
      visit('POST', `${DJANGO_GIRLS}/jobs/2/description`, warm, 403, pages.jobForbidden, { description: 'Mine now' }),
    ],
  },
  {
    name: 'forged',
    title: 'a form that does not come from a page of the site: its seal (csrf token) is wrong (403)',
    visits: [
      visit('GET', `${DJANGO_GIRLS}/accounts/login/`, cold, 200, pages.loginForm),
      visit('POST', `${DJANGO_GIRLS}/accounts/login/`, warm, 403, pages.forged, {
        username: 'ola',
        password: 'ola',
        csrfmiddlewaretoken: 'forged',
      }),
    ],
  },
  {
    name: 'mine',
    title: 'sign in, and read the letter for whoever is signed in',
    visits: [
      visit('GET', `${DJANGO_GIRLS}/accounts/login/`, cold, 200, pages.loginForm),
      visit('POST', `${DJANGO_GIRLS}/accounts/login/`, warm, 302, pages.signIn, { username: 'ola', password: 'ola' }),
      visit('GET', `${DJANGO_GIRLS}/letters/`, warm, 200, pages.myLetter),
    ],
  },
  {
    name: 'session',
    title: 'the same letter on a first visit and with a session: see what remembering costs',
    visits: [
      visit('GET', `${DJANGO_GIRLS}/letters/Ola/`, cold, 200, pages.letter),
      visit('GET', `${DJANGO_GIRLS}/accounts/login/`, warm, 200, pages.loginForm),
      visit('POST', `${DJANGO_GIRLS}/accounts/login/`, warm, 302, pages.signIn, { username: 'ola', password: 'ola' }),
      visit('GET', `${DJANGO_GIRLS}/letters/Ola/`, warm, 200, pages.letterSignedIn),
    ],
  },
  {
    name: 'redirect',
    title: 'an address without its last slash: sent on (301), and followed',
    visits: [
      visit('GET', `${TATIS}/history`, cold, 301, pages.withoutSlash),
      visit('GET', `${TATIS}/history/`, warm, 200, pages.history),
    ],
  },
  {
    name: 'n-plus-1',
    title: 'one query for the jobs, and one more for each of them; then the same page repaired',
    visits: [
      visit('GET', `${DJANGO_GIRLS}/lessons/one-by-one/`, cold, 200, pages.oneByOne),
      visit('GET', `${DJANGO_GIRLS}/lessons/together/`, warm, 200, pages.together),
    ],
  },
  {
    name: 'missing',
    title: 'a page that no pattern fits (404)',
    visits: [visit('GET', `${TATIS}/no/such/page/`, cold, 404, pages.missing)],
  },
  {
    name: 'nowhere',
    title: 'a name that nobody has (NXDOMAIN), and the same again: that is remembered too',
    visits: [unresolved('http://nowhere.test/', cold), unresolved('http://nowhere.test/', warm)],
  },
  {
    name: 'lookups',
    title: 'a name asked for from the root down; remembered; and another, of which half is remembered',
    visits: [
      visit('GET', `${TATIS}/`, cold, 200, pages.today),
      visit('GET', `${TATIS}/`, warm, 200, pages.today),
      visit('GET', `${DJANGO_GIRLS}/letters/Ola/`, halfWarm, 200, pages.letter),
    ],
  },
  {
    name: 'www',
    title: 'an alias (CNAME): www.tatis.test is tatis.test',
    visits: [visit('GET', 'http://www.tatis.test/', cold, 200, pages.today)],
  },
  {
    name: 'big',
    title: 'an answer too long for a datagram: cut, and asked for again over TCP',
    visits: [visit('GET', 'http://big.tatis.test/', cold, 200, pages.today)],
  },
  {
    name: 'silent',
    title: 'a domain whose name server cannot be reached (SERVFAIL)',
    visits: [unanswered('http://silent.test/')],
  },
  {
    name: 'routes',
    title: 'three letters to the same place: do they take the same way?',
    visits: [
      visit('GET', `${TATIS}/`, cold, 200, pages.today),
      visit('GET', `${TATIS}/`, warm, 200, pages.today),
      visit('GET', `${TATIS}/`, warm, 200, pages.today),
    ],
  },
  {
    name: 'island',
    title: 'a letter whose first office is closed: it goes around',
    visits: [visit('GET', 'http://island.tatis.test/', cold, 200, pages.today)],
  },
  {
    name: 'again',
    title: 'the same letter three times: everything new; the name remembered; the connection kept',
    visits: [
      visit('GET', `${TATIS}/`, cold, 200, pages.today),
      visit('GET', `${TATIS}/`, warm, 200, pages.today),
      visit('GET', `${TATIS}/`, kept, 200, pages.today),
    ],
  },
  {
    name: 'slow',
    title: 'an answer that takes its time: see who waits',
    visits: [visit('GET', `${TATIS}/slow/`, cold, 200, pages.slow)],
  },
  {
    name: 'error',
    title: 'a view that fails (500)',
    visits: [visit('GET', `${TATIS}/error/`, cold, 500, pages.failing)],
  },
  {
    name: 'crowd',
    title: 'one worker, and three letters of 100 ms at once: see them wait their turn',
    gateway: { workers: 1 },
    visits: [
      visit('GET', `${TATIS}/`, cold, 200, pages.today),
      visit('GET', `${TATIS}/slow/100/`, warm, 200, pages.slowFor),
      { ...visit('GET', `${TATIS}/slow/100/`, warm, 200, pages.slowFor), together: true },
      { ...visit('GET', `${TATIS}/slow/100/`, warm, 200, pages.slowFor), together: true },
    ],
  },
  {
    name: 'full',
    title: 'every worker busy, and no place in the queue (503)',
    gateway: { workers: 0, queueDepth: 0 },
    visits: [visit('GET', `${TATIS}/`, cold, 503, pages.refused)],
  },
  {
    name: 'crash',
    title: 'a worker ends in the middle of a letter: another one answers it',
    gateway: { fault: 'crash', faultEvery: 1 },
    visits: [visit('GET', `${TATIS}/`, cold, 200, pages.todayAgain)],
  },
  {
    name: 'reload',
    title: 'all workers are replaced, one after another: no letter is lost',
    reload: true,
    visits: [
      visit('GET', `${TATIS}/`, cold, 200, pages.today),
      ...Array.from({ length: 5 }, () => visit('GET', `${TATIS}/`, warm, 200, pages.today)),
    ],
  },
  {
    name: 'stuck',
    title: 'a worker computes without end: given up (504), and ended by its watchdog',
    gateway: { fault: 'stuck', faultEvery: 1, timeout: 500 },
    visits: [visit('GET', `${TATIS}/`, cold, 504, pages.givenUp)],
  },
];

/** The scenario of that name, undefined if there is none. */
export function findScenario(name: string): Scenario | undefined {
  return scenarios.find((scenario) => scenario.name === name);
}
