// Story 3, how the answer is written: the URL patterns, the view, the database, permissions, and the template.

import * as pages from './pages.ts';
import { DJANGO_GIRLS, type InStory, TATIS } from './scenario.ts';
import { cold, visit, warm } from './visits.ts';

const LOGIN = `${DJANGO_GIRLS}/accounts/login/`;
const OLA = { username: 'ola', password: 'ola' };
const MARA = { username: 'mara', password: 'mara' };

/** Reads the form, and signs in with it. */
const signIn = () => [
  visit('GET', LOGIN, cold, 200, pages.loginForm),
  visit('POST', LOGIN, warm, 302, pages.signIn, OLA),
];

export const writing: readonly InStory[] = [
  {
    name: 'letter',
    title: 'A letter written for Ola',
    sentence: 'The view reads who the letter is for, looks in the database, and a template writes it.',
    look: 'Open `urlresolver`: each pattern that it tried is an event. Then follow the view, its query and its template.',
    visits: [visit('GET', `${DJANGO_GIRLS}/letters/Ola/`, cold, 200, pages.letter)],
  },
  {
    name: 'missing',
    title: 'A page that does not exist (404)',
    sentence: 'No URL pattern fits the address, so no view is called.',
    look: 'Open `urlresolver`: it tried every pattern, and none matched. There is no `view`; `waybill.answered_by` says urlresolver.',
    visits: [visit('GET', `${TATIS}/no/such/page/`, cold, 404, pages.missing)],
  },
  {
    name: 'redirect',
    title: 'A forgotten slash (301)',
    sentence: 'The address lacks its last slash: the site redirects the browser, and the browser follows.',
    look: 'There are two traces, because there were two requests. The first was answered by `middleware common`. (Django does this after the URL patterns have failed; here it comes first.)',
    visits: [
      visit('GET', `${TATIS}/history`, cold, 301, pages.withoutSlash),
      visit('GET', `${TATIS}/history/`, warm, 200, pages.history),
    ],
  },
  {
    name: 'n-plus-1',
    title: 'One query, or one for each (N + 1)',
    sentence: 'A page asks for the list of jobs, and then once more for each job. The repaired page asks once.',
    look: 'Count the queries (SELECT) below `view`: seven, then one. Each of them was quick; their number is the mistake.',
    visits: [
      visit('GET', `${DJANGO_GIRLS}/lessons/one-by-one/`, cold, 200, pages.oneByOne),
      visit('GET', `${DJANGO_GIRLS}/lessons/together/`, warm, 200, pages.together),
    ],
  },
  {
    name: 'session',
    title: 'What remembering you costs',
    sentence: 'Read the same letter as a stranger, and again when you are signed in.',
    look: 'The last trace has two more spans `middleware`, with a query below each: here the site looks up who you are at every request. (Django waits until the view or the template uses the user.)',
    visits: [
      visit('GET', `${DJANGO_GIRLS}/letters/Ola/`, cold, 200, pages.letter),
      visit('GET', LOGIN, warm, 200, pages.loginForm),
      visit('POST', LOGIN, warm, 302, pages.signIn, OLA),
      visit('GET', `${DJANGO_GIRLS}/letters/Ola/`, warm, 200, pages.letterSignedIn),
    ],
  },
  {
    name: 'signed-in-letter',
    title: 'The letter for the person who is signed in',
    sentence: 'You sign in, and /letters/ without a name shows the letter for you.',
    look: 'Open `middleware authentication` and read `user.name`: that is how the view knows whose letter to write.',
    visits: [...signIn(), visit('GET', `${DJANGO_GIRLS}/letters/`, warm, 200, pages.myLetter)],
  },
  {
    name: 'two-readers',
    title: 'The same address, two readers',
    sentence: 'Ola signs in and reads /letters/; then Mara signs in and reads the same address.',
    look: 'Compare the third and the last trace: the same spans. Only the user in `middleware authentication`, the letter that the SELECT finds and the page differ.',
    visits: [
      ...signIn(),
      visit('GET', `${DJANGO_GIRLS}/letters/`, warm, 200, pages.myLetter),
      visit('GET', LOGIN, warm, 200, pages.loginFormSignedIn),
      visit('POST', LOGIN, warm, 302, pages.signInAsAnother, MARA),
      visit('GET', `${DJANGO_GIRLS}/letters/`, warm, 200, pages.myLetter),
    ],
  },
  {
    name: 'yes-and-no',
    title: 'A day of Yes and a day of No',
    sentence:
      'The home page of the last day on which the baseball player made a fielding mistake (an error), and of the last day without one.',
    look: 'Compare both traces: the same `view today`, the same queries, the same template. The rows that the second `SELECT game` finds decide what the page says.',
    visits: [
      visit('GET', `${TATIS}/?answer=yes`, cold, 200, pages.dayOf),
      visit('GET', `${TATIS}/?answer=no`, warm, 200, pages.dayOf),
    ],
  },
  {
    name: 'job',
    title: 'Please change the description of my job',
    sentence: 'You sign in, read the form, send it with a new description, and read "Done!".',
    look: 'Follow the last trace: the secret token of the form is checked (`middleware csrf`), then `permission jobs.change_job` (read why), then UPDATE.',
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
    title: "Somebody else's job (403)",
    sentence: 'You try to change a job that is not yours, and the site refuses.',
    look: 'Open `permission`: `waybill.permission.allowed` is false, and `waybill.permission.reason` says why. No UPDATE follows.',
    visits: [
      ...signIn(),
      visit('GET', `${DJANGO_GIRLS}/jobs/2/`, warm, 200, pages.jobDetail),
      visit('POST', `${DJANGO_GIRLS}/jobs/2/description`, warm, 403, pages.jobForbidden, { description: 'Mine now' }),
    ],
  },
  {
    name: 'forged',
    title: 'A forged form (403)',
    sentence: 'The form does not come from a page of the site: its secret token (CSRF) is wrong.',
    look: '`middleware csrf` refuses it before the view is called. The name and password were right, but the site did not look at them.',
    visits: [
      visit('GET', LOGIN, cold, 200, pages.loginForm),
      visit('POST', LOGIN, warm, 403, pages.forged, { ...OLA, csrfmiddlewaretoken: 'forged' }),
    ],
  },
  {
    name: 'later',
    title: 'Work that is done later (a background worker)',
    sentence:
      'You ask for a report. The view puts a message into a queue and answers at once; a background worker counts afterwards.',
    look: 'The second visit is answered 202 (accepted) while nothing has been counted: `send reports` only writes a row. The counting is a trace of its own, `process reports`. It has no parent but a link, because your request did not wait for it: follow the link, there and back.',
    visits: [
      visit('GET', `${TATIS}/report/`, cold, 200, pages.report),
      { ...visit('POST', `${TATIS}/report/`, warm, 202, pages.reportLater, {}), task: pages.reportTask },
    ],
  },
  {
    name: 'error',
    title: 'A view that crashes (500)',
    sentence: 'The view crashes. The visitor sees only "500"; the trace keeps the details.',
    look: 'Open `view error` and read its event `exception`: it has the stack trace.',
    visits: [visit('GET', `${TATIS}/error/`, cold, 500, pages.failing)],
  },
];
