// What the framework does with each page of the sites: the spans of one worker, and of the gateway where it fails.

import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';
import { gateway } from '../otel/contract/index.ts';
import { expectSpan } from './expect.ts';
import {
  answered,
  attempt,
  forwarded,
  middleware,
  permission,
  processed,
  query,
  send,
  template,
  view,
} from './handled.ts';

const session = middleware('session', query('SELECT session'));
const signedIn = [session, middleware('authentication', query('SELECT user'))];
export const today = answered('/', [view('today', query('SELECT game'), template('today.html'))]);
/** A day that is asked for by its answer. */
export const dayOf = answered('/', [view('today', query('SELECT game'), query('SELECT game'), template('today.html'))]);
export const todayRetried = answered('/', [view('today', query('SELECT game'), template('today.html'))], {
  retried: true,
});
export const album = answered('/lessons/page/', [view('album', template('album.html'))]);
export const letter = answered('/letters/<str:name>/', [
  view('letter', query('SELECT letter'), template('letter.html')),
]);
export const loginForm = answered('/accounts/login/', [view('login', template('login.html'))]);
export const signIn = answered('/accounts/login/', [view('login', query('SELECT user'))], {
  method: 'POST',
  middleware: [middleware('csrf'), middleware('session', query('INSERT session'))],
});
/** The form and the sign-in of another person in the same browser: the session is a new one. */
export const loginFormSignedIn = answered('/accounts/login/', [view('login', template('login.html'))], {
  middleware: signedIn,
});
export const signInAsAnother = answered('/accounts/login/', [view('login', query('SELECT user'))], {
  method: 'POST',
  middleware: [
    ...signedIn,
    middleware('csrf'),
    middleware('session', query('DELETE session'), query('INSERT session')),
  ],
});
export const jobDetail = answered('/jobs/<int:pk>/', [view('job_detail', query('SELECT job'), template('job.html'))], {
  middleware: signedIn,
});
export const jobDescription = answered(
  '/jobs/<int:pk>/description',
  [
    view(
      'job_description',
      query('SELECT job'),
      permission('jobs.change_job', true, query('SELECT user_permission')),
      query('UPDATE job'),
      template('done.html'),
    ),
  ],
  { method: 'POST', middleware: [...signedIn, middleware('csrf')] },
);
export const jobForbidden = answered(
  '/jobs/<int:pk>/description',
  [
    view('job_description', query('SELECT job'), permission('jobs.change_job', false, query('SELECT user_permission'))),
    template('403.html'),
  ],
  { method: 'POST', middleware: [...signedIn, middleware('csrf')] },
);
export const missing = answered(null, [template('404.html')], { by: 'urlresolver' });
export const forged = answered('/accounts/login/', [template('403.html')], {
  method: 'POST',
  by: 'csrf',
  middleware: [middleware('csrf')],
});
export const withoutSlash = answered(null, [], { by: 'common', middleware: [middleware('common')] });
export const history = answered('/history/', [
  view('history', query('SELECT game'), query('SELECT game'), template('history.html')),
]);
export const letterSignedIn = answered(
  '/letters/<str:name>/',
  [view('letter', query('SELECT letter'), template('letter.html'))],
  { middleware: signedIn },
);
export const myLetter = answered('/letters/', [view('my_letter', query('SELECT letter'), template('letter.html'))], {
  middleware: signedIn,
});
/** Rows of the seeded table; the site has no page that adds one. */
const JOBS = 6;
export const oneByOne = answered('/lessons/one-by-one/', [
  view(
    'jobs_one_by_one',
    query('SELECT job'),
    ...Array.from({ length: JOBS }, () => query('SELECT user')),
    template('queries.html'),
  ),
]);
export const together = answered('/lessons/together/', [
  view('jobs_together', query('SELECT job'), template('queries.html')),
]);
export const report = answered('/report/', [view('report', query('SELECT report'), template('report.html'))]);
export const reportLater = answered('/report/', [view('report', send('reports'), template('report_later.html'))], {
  method: 'POST',
  middleware: [middleware('csrf')],
});
/** The trace of the background worker that makes the report. */
export const reportTask = processed('reports', 'report', query('SELECT game'));
export const slow = answered('/slow/', [view('slow', template('slow.html'))]);
export const slowFor = answered('/slow/<int:ms>/', [view('slow_for', template('slow.html'))]);
export const refused = forwarded(
  'GET',
  'full',
  expectSpan(gateway.queue, { attributes: { [ATTR_ERROR_TYPE]: 'full' } }),
);
export const givenUp = forwarded(
  'GET',
  'worker',
  expectSpan(gateway.queue, {}),
  attempt('GET', { [ATTR_ERROR_TYPE]: 'worker_timeout' }),
);
export const failing = answered('/error/', [view('error'), template('500.html')]);
