// Story 3, how the answer is written: the URL patterns, the view, the database, who may do what, and the letter itself.

import * as pages from './pages.ts';
import { DJANGO_GIRLS, type InStory, TATIS } from './scenario.ts';
import { cold, visit, warm } from './visits.ts';

const LOGIN = `${DJANGO_GIRLS}/accounts/login/`;
const OLA = { username: 'ola', password: 'ola' };

/** Reads the form, and signs in with it. */
const signIn = () => [
  visit('GET', LOGIN, cold, 200, pages.loginForm),
  visit('POST', LOGIN, warm, 302, pages.signIn, OLA),
];

export const writing: readonly InStory[] = [
  {
    name: 'letter',
    title: 'A letter written for Ola',
    sentence: 'The view finds who is to get the letter, looks in the database, and a template writes it.',
    look: '`urlresolver` goes down the list of patterns: each that was tried is an event. Then view, query, template.',
    visits: [visit('GET', `${DJANGO_GIRLS}/letters/Ola/`, cold, 200, pages.letter)],
  },
  {
    name: 'missing',
    title: 'A page that is not there',
    sentence: 'No pattern fits the address, so no view is called (404).',
    look: 'Every pattern was tried, none matched; there is no `view`. waybill.answered_by says urlresolver.',
    visits: [visit('GET', `${TATIS}/no/such/page/`, cold, 404, pages.missing)],
  },
  {
    name: 'redirect',
    title: 'A forgotten slash',
    sentence: 'The address lacks its last slash: the browser is sent on (301), and follows.',
    look: 'Two traces, because two requests: `middleware common` answered the first one, before any pattern was tried.',
    visits: [
      visit('GET', `${TATIS}/history`, cold, 301, pages.withoutSlash),
      visit('GET', `${TATIS}/history/`, warm, 200, pages.history),
    ],
  },
  {
    name: 'n-plus-1',
    title: 'One query, or one for each',
    sentence: 'A page asks for the jobs and then once more for each of them; then the same page, repaired.',
    look: 'Count the queries under `view`: seven against one. Which of them took long? None; it is their number.',
    visits: [
      visit('GET', `${DJANGO_GIRLS}/lessons/one-by-one/`, cold, 200, pages.oneByOne),
      visit('GET', `${DJANGO_GIRLS}/lessons/together/`, warm, 200, pages.together),
    ],
  },
  {
    name: 'session',
    title: 'What remembering you costs',
    sentence: 'The same letter on a first visit, and again when you are signed in.',
    look: 'The last trace has two `middleware` more, and a query below each: who is it, asked again with every letter.',
    visits: [
      visit('GET', `${DJANGO_GIRLS}/letters/Ola/`, cold, 200, pages.letter),
      visit('GET', LOGIN, warm, 200, pages.loginForm),
      visit('POST', LOGIN, warm, 302, pages.signIn, OLA),
      visit('GET', `${DJANGO_GIRLS}/letters/Ola/`, warm, 200, pages.letterSignedIn),
    ],
  },
  {
    name: 'signed-in-letter',
    title: 'The letter for whoever is signed in',
    sentence: 'You sign in, and /letters/ without a name is the letter for you.',
    look: '`middleware authentication` says user.name: that is how the view knows whose letter to write.',
    visits: [...signIn(), visit('GET', `${DJANGO_GIRLS}/letters/`, warm, 200, pages.myLetter)],
  },
  {
    name: 'job',
    title: 'Please change the description of my job',
    sentence: 'You sign in, read the form, send it with another description, and read: "Done!"',
    look: 'The last trace: the seal is checked (`middleware csrf`), then `permission jobs.change_job` (and why), then UPDATE.',
    visits: [
      ...signIn(),
      visit('GET', `${DJANGO_GIRLS}/jobs/1/`, warm, 200, pages.jobDetail),
      visit('POST', `${DJANGO_GIRLS}/jobs/1/description`, warm, 200, pages.jobDescription, {
        description: 'Teaches Django',
      }),
    ],
  },
  {
    name: 'forbidden',
    title: "Somebody else's job",
    sentence: 'The same, for a job that is not yours: you may not change it (403).',
    look: '`permission` has waybill.permission.allowed false, and the reason; no UPDATE follows.',
    visits: [
      ...signIn(),
      visit('GET', `${DJANGO_GIRLS}/jobs/2/`, warm, 200, pages.jobDetail),
      visit('POST', `${DJANGO_GIRLS}/jobs/2/description`, warm, 403, pages.jobForbidden, { description: 'Mine now' }),
    ],
  },
  {
    name: 'forged',
    title: 'A forged form',
    sentence: 'A form that does not come from a page of the site: its seal (csrf token) is wrong (403).',
    look: '`middleware csrf` turns it away before the view: right name and password, and nobody looked at them.',
    visits: [
      visit('GET', LOGIN, cold, 200, pages.loginForm),
      visit('POST', LOGIN, warm, 403, pages.forged, { ...OLA, csrfmiddlewaretoken: 'forged' }),
    ],
  },
  {
    name: 'error',
    title: 'A view that fails',
    sentence: 'The view throws an exception, and you get a page that says 500 and nothing else.',
    look: 'The exception is an event of `view error`, with its stack trace: what you may not see, the trace keeps.',
    visits: [visit('GET', `${TATIS}/error/`, cold, 500, pages.failing)],
  },
];
