// The scenarios: what a learner can send, and exactly which spans each visit must leave.
// A scenario is one or more visits in order; a visit is one request and one trace.

import type { Attributes } from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_RESEND_COUNT,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_NETWORK_TRANSPORT,
} from '@opentelemetry/semantic-conventions';
import { type Expected, expectSpan } from './expect.ts';
import { app, dns, gateway, proxy, router, visitor } from './index.ts';
import {
  ATTR_ANSWERED_BY,
  ATTR_CONNECTION,
  ATTR_DNS_ANSWER_KIND,
  ATTR_DNS_CACHE,
  ATTR_DNS_RESPONSE_CODE,
  ATTR_FILE_OUTCOME,
  ATTR_LOCATION_KIND,
  ATTR_PERMISSION_ALLOWED,
  ATTR_QUEUE_OUTCOME,
} from './names.ts';

/** `miss`: the resolver's cache is emptied first, `hit`: it knows the name, `partial`: it knows whom to ask; a kept connection asks nothing. */
export type Way = { connection: 'new'; cache: 'miss' | 'partial' | 'hit' } | { connection: 'kept' };

export type Visit = {
  method: 'GET' | 'POST';
  url: string;
  /** Fields typed into the form of the page read before; its hidden fields go along, as in a browser. */
  form?: Record<string, string>;
  way: Way;
  /** The status that must come back; null where no answer can come. */
  status: number | null;
  /** Sent at the same time as the visit before it. */
  together?: true;
  /** The trace that must be left. */
  expected: Expected;
};

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

const cold: Way & { connection: 'new' } = { connection: 'new', cache: 'miss' };
const warm: Way & { connection: 'new' } = { connection: 'new', cache: 'hit' };
const halfWarm: Way = { connection: 'new', cache: 'partial' };
const kept: Way = { connection: 'kept' };

const TATIS = 'http://tatis.test';
const DJANGO_GIRLS = 'http://djangogirls.test';

// ── what the framework does with each page (function declarations below, so that they can be told here first) ──

const session = middleware('session', query('SELECT session'));
const signedIn = [session, middleware('authentication', query('SELECT user'))];
const today = answered('/', [view('today', query('SELECT game'), template('today.html'))]);
const todayAgain = answered('/', [view('today', query('SELECT game'), template('today.html'))], { again: true });
const letter = answered('/letters/<str:name>/', [view('letter', query('SELECT letter'), template('letter.html'))]);
const loginForm = answered('/accounts/login/', [view('login', template('login.html'))]);
const signIn = answered('/accounts/login/', [view('login', query('SELECT user'))], {
  method: 'POST',
  middleware: [middleware('csrf'), middleware('session', query('INSERT session'))],
});
const jobDetail = answered('/jobs/<int:pk>/', [view('job_detail', query('SELECT job'), template('job.html'))], {
  middleware: signedIn,
});
const jobDescription = answered(
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
const jobForbidden = answered(
  '/jobs/<int:pk>/description',
  [
    view('job_description', query('SELECT job'), permission('jobs.change_job', false, query('SELECT user_permission'))),
    template('403.html'),
  ],
  { method: 'POST', middleware: [...signedIn, middleware('csrf')] },
);
const missing = answered(null, [template('404.html')], { by: 'urlresolver' });
const forged = answered('/accounts/login/', [template('403.html')], {
  method: 'POST',
  by: 'csrf',
  middleware: [middleware('csrf')],
});
const withoutSlash = answered(null, [], { by: 'common', middleware: [middleware('common')] });
const history = answered('/history/', [
  view('history', query('SELECT game'), query('SELECT game'), template('history.html')),
]);
const letterSignedIn = answered(
  '/letters/<str:name>/',
  [view('letter', query('SELECT letter'), template('letter.html'))],
  { middleware: signedIn },
);
const myLetter = answered('/letters/', [view('my_letter', query('SELECT letter'), template('letter.html'))], {
  middleware: signedIn,
});
/** As many as the database is given to begin with; nobody can add one. */
const JOBS = 6;
const oneByOne = answered('/lessons/one-by-one/', [
  view(
    'jobs_one_by_one',
    query('SELECT job'),
    ...Array.from({ length: JOBS }, () => query('SELECT user')),
    template('queries.html'),
  ),
]);
const together = answered('/lessons/together/', [view('jobs_together', query('SELECT job'), template('queries.html'))]);
const slow = answered('/slow/', [view('slow', template('slow.html'))]);
const slowFor = answered('/slow/<int:ms>/', [view('slow_for', template('slow.html'))]);
const refused = handedOn('GET', 'full', expectSpan(gateway.queue, { attributes: { [ATTR_ERROR_TYPE]: 'full' } }));
const givenUp = handedOn(
  'GET',
  'worker',
  expectSpan(gateway.queue, {}),
  attempt('GET', { [ATTR_ERROR_TYPE]: 'worker_timeout' }),
);
const failing = answered('/error/', [view('error'), template('500.html')]);

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
    visits: [visit('GET', `${TATIS}/`, cold, 200, today)],
  },
  {
    name: 'letter',
    title: 'a letter written especially for Ola',
    visits: [visit('GET', `${DJANGO_GIRLS}/letters/Ola/`, cold, 200, letter)],
  },
  {
    name: 'job',
    title: 'sign in, read the form, ask for another description of your job: "Done!"',
    visits: [
      visit('GET', `${DJANGO_GIRLS}/accounts/login/`, cold, 200, loginForm),
      visit('POST', `${DJANGO_GIRLS}/accounts/login/`, warm, 302, signIn, { username: 'ola', password: 'ola' }),
      visit('GET', `${DJANGO_GIRLS}/jobs/1/`, warm, 200, jobDetail),
      visit('POST', `${DJANGO_GIRLS}/jobs/1/description`, warm, 200, jobDescription, { description: 'Teaches Django' }),
    ],
  },
  {
    name: 'forbidden',
    title: "the same, for a job that is somebody else's: not allowed",
    visits: [
      visit('GET', `${DJANGO_GIRLS}/accounts/login/`, cold, 200, loginForm),
      visit('POST', `${DJANGO_GIRLS}/accounts/login/`, warm, 302, signIn, { username: 'ola', password: 'ola' }),
      visit('GET', `${DJANGO_GIRLS}/jobs/2/`, warm, 200, jobDetail),
      visit('POST', `${DJANGO_GIRLS}/jobs/2/description`, warm, 403, jobForbidden, { description: 'Mine now' }),
    ],
  },
  {
    name: 'forged',
    title: 'a form that does not come from a page of the site: its seal (csrf token) is wrong (403)',
    visits: [
      visit('GET', `${DJANGO_GIRLS}/accounts/login/`, cold, 200, loginForm),
      visit('POST', `${DJANGO_GIRLS}/accounts/login/`, warm, 403, forged, {
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
      visit('GET', `${DJANGO_GIRLS}/accounts/login/`, cold, 200, loginForm),
      visit('POST', `${DJANGO_GIRLS}/accounts/login/`, warm, 302, signIn, { username: 'ola', password: 'ola' }),
      visit('GET', `${DJANGO_GIRLS}/letters/`, warm, 200, myLetter),
    ],
  },
  {
    name: 'session',
    title: 'the same letter on a first visit and with a session: see what remembering costs',
    visits: [
      visit('GET', `${DJANGO_GIRLS}/letters/Ola/`, cold, 200, letter),
      visit('GET', `${DJANGO_GIRLS}/accounts/login/`, warm, 200, loginForm),
      visit('POST', `${DJANGO_GIRLS}/accounts/login/`, warm, 302, signIn, { username: 'ola', password: 'ola' }),
      visit('GET', `${DJANGO_GIRLS}/letters/Ola/`, warm, 200, letterSignedIn),
    ],
  },
  {
    name: 'redirect',
    title: 'an address without its last slash: sent on (301), and followed',
    visits: [
      visit('GET', `${TATIS}/history`, cold, 301, withoutSlash),
      visit('GET', `${TATIS}/history/`, warm, 200, history),
    ],
  },
  {
    name: 'n-plus-1',
    title: 'one query for the jobs, and one more for each of them; then the same page repaired',
    visits: [
      visit('GET', `${DJANGO_GIRLS}/lessons/one-by-one/`, cold, 200, oneByOne),
      visit('GET', `${DJANGO_GIRLS}/lessons/together/`, warm, 200, together),
    ],
  },
  {
    name: 'missing',
    title: 'a page that no pattern fits (404)',
    visits: [visit('GET', `${TATIS}/no/such/page/`, cold, 404, missing)],
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
      visit('GET', `${TATIS}/`, cold, 200, today),
      visit('GET', `${TATIS}/`, warm, 200, today),
      visit('GET', `${DJANGO_GIRLS}/letters/Ola/`, halfWarm, 200, letter),
    ],
  },
  {
    name: 'www',
    title: 'an alias (CNAME): www.tatis.test is tatis.test',
    visits: [visit('GET', 'http://www.tatis.test/', cold, 200, today)],
  },
  {
    name: 'big',
    title: 'an answer too long for a datagram: cut, and asked for again over TCP',
    visits: [visit('GET', 'http://big.tatis.test/', cold, 200, today)],
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
      visit('GET', `${TATIS}/`, cold, 200, today),
      visit('GET', `${TATIS}/`, warm, 200, today),
      visit('GET', `${TATIS}/`, warm, 200, today),
    ],
  },
  {
    name: 'island',
    title: 'a letter whose first office is closed: it goes around',
    visits: [visit('GET', 'http://island.tatis.test/', cold, 200, today)],
  },
  {
    name: 'again',
    title: 'the same letter three times: everything new; the name remembered; the connection kept',
    visits: [
      visit('GET', `${TATIS}/`, cold, 200, today),
      visit('GET', `${TATIS}/`, warm, 200, today),
      visit('GET', `${TATIS}/`, kept, 200, today),
    ],
  },
  {
    name: 'slow',
    title: 'an answer that takes its time: see who waits',
    visits: [visit('GET', `${TATIS}/slow/`, cold, 200, slow)],
  },
  {
    name: 'error',
    title: 'a view that fails (500)',
    visits: [visit('GET', `${TATIS}/error/`, cold, 500, failing)],
  },
  {
    name: 'crowd',
    title: 'one worker, and three letters of 100 ms at once: see them wait their turn',
    gateway: { workers: 1 },
    visits: [
      visit('GET', `${TATIS}/`, cold, 200, today),
      visit('GET', `${TATIS}/slow/100/`, warm, 200, slowFor),
      { ...visit('GET', `${TATIS}/slow/100/`, warm, 200, slowFor), together: true },
      { ...visit('GET', `${TATIS}/slow/100/`, warm, 200, slowFor), together: true },
    ],
  },
  {
    name: 'full',
    title: 'every worker busy, and no place in the queue (503)',
    gateway: { workers: 0, queueDepth: 0 },
    visits: [visit('GET', `${TATIS}/`, cold, 503, refused)],
  },
  {
    name: 'crash',
    title: 'a worker ends in the middle of a letter: another one answers it',
    gateway: { fault: 'crash', faultEvery: 1 },
    visits: [visit('GET', `${TATIS}/`, cold, 200, todayAgain)],
  },
  {
    name: 'reload',
    title: 'all workers are replaced, one after another: no letter is lost',
    reload: true,
    visits: [
      visit('GET', `${TATIS}/`, cold, 200, today),
      ...Array.from({ length: 5 }, () => visit('GET', `${TATIS}/`, warm, 200, today)),
    ],
  },
  {
    name: 'stuck',
    title: 'a worker computes without end: given up (504), and ended by its watchdog',
    gateway: { fault: 'stuck', faultEvery: 1, timeout: 500 },
    visits: [visit('GET', `${TATIS}/`, cold, 504, givenUp)],
  },
];

/** The scenario of that name, undefined if there is none. */
export function findScenario(name: string): Scenario | undefined {
  return scenarios.find((scenario) => scenario.name === name);
}

/** The same visit by another way: what `compare` uses to have two traces line up. */
export function visitBy(way: Way, visited: Visit): Visit {
  const request = visited.expected.children.at(-1);
  if (request === undefined || visited.status === null) return visited;
  return { ...visited, way, expected: journey(visited.method, visited.url, way, request) };
}

// ── a whole visit ──

function visit(
  method: Visit['method'],
  url: string,
  way: Way,
  status: number,
  handled: Expected[],
  form?: Visit['form'],
): Visit {
  const sent = expectSpan(
    visitor.request,
    { words: { method }, attributes: { [ATTR_HTTP_RESPONSE_STATUS_CODE]: status } },
    expectSpan(
      proxy.server,
      { words: { method }, attributes: { [ATTR_HTTP_RESPONSE_STATUS_CODE]: status } },
      ...handled,
    ),
  );
  return { method, url, way, status, expected: journey(method, url, way, sent), ...(form && { form }) };
}

function journey(_method: string, url: string, way: Way, sent: Expected): Expected {
  const found = way.connection === 'new' ? [lookup(url, way.cache), connect()] : [];
  return expectSpan(visitor.visit, { attributes: { [ATTR_CONNECTION]: way.connection } }, ...found, sent);
}

function unresolved(url: string, way: Way & { connection: 'new' }): Visit {
  const steps = way.cache === 'miss' ? [ask('.', 'referral'), ask('test.', 'nxdomain')] : [];
  return notFound(url, { way, code: 'NXDOMAIN', steps });
}

function unanswered(url: string): Visit {
  const failed = expectSpan(dns.ask, {
    words: { zone: 'silent.test.' },
    attributes: { [ATTR_ERROR_TYPE]: 'EHOSTUNREACH' },
  });
  const steps = [ask('.', 'referral'), ask('test.', 'referral'), failed];
  return notFound(url, { way: cold, code: 'SERVFAIL', steps });
}

function notFound(
  url: string,
  { way, code, steps }: { way: Way & { connection: 'new' }; code: string; steps: Expected[] },
): Visit {
  const expected = expectSpan(
    visitor.visit,
    { attributes: { [ATTR_CONNECTION]: 'unresolved', [ATTR_ERROR_TYPE]: code } },
    expectSpan(
      visitor.lookup,
      { attributes: { [ATTR_ERROR_TYPE]: code } },
      expectSpan(
        dns.resolve,
        { attributes: { [ATTR_DNS_CACHE]: way.cache, [ATTR_DNS_RESPONSE_CODE]: code } },
        ...steps,
      ),
    ),
  );
  return { method: 'GET', url, way, status: null, expected };
}

// ── the phonebook ──

/** What is asked for a name, by what is remembered of it; a long answer is asked for twice, at each turn. */
function lookup(url: string, cache: 'miss' | 'partial' | 'hit'): Expected {
  const { hostname } = new URL(url);
  const zone = `${hostname.split('.').slice(-2).join('.')}.`;
  const walk = {
    miss: [ask('.', 'referral'), ask('test.', 'referral'), ask(zone, 'answer')],
    partial: [ask('test.', 'referral'), ask(zone, 'answer')],
    hit: [],
  }[cache];
  if (!hostname.startsWith('big.')) return expectSpan(visitor.lookup, {}, resolve(cache, 'udp', ...walk));
  return expectSpan(
    visitor.lookup,
    {},
    resolve(cache, 'udp', ...walk, ask(zone, 'answer', 'tcp')),
    resolve('hit', 'tcp'),
  );
}

function resolve(cache: string, transport: string, ...walk: Expected[]): Expected {
  return expectSpan(
    dns.resolve,
    { attributes: { [ATTR_DNS_CACHE]: cache, [ATTR_NETWORK_TRANSPORT]: transport } },
    ...walk,
  );
}

function ask(zone: string, kind: string, transport = 'udp'): Expected {
  return expectSpan(
    dns.ask,
    { words: { zone }, attributes: { [ATTR_NETWORK_TRANSPORT]: transport } },
    expectSpan(dns.answer, { attributes: { [ATTR_DNS_ANSWER_KIND]: kind } }),
  );
}

// ── the post offices ──

/** Three on the way from anywhere to anywhere, whichever they are. */
function connect(): Expected {
  const offices = [expectSpan(router.forward, {}), expectSpan(router.forward, {}), expectSpan(router.forward, {})];
  return expectSpan(visitor.connect, {}, ...offices);
}

// ── the proxy ──

function fromShelf(outcome: string): Expected[] {
  return [
    expectSpan(proxy.location, { attributes: { [ATTR_LOCATION_KIND]: 'static' } }),
    expectSpan(proxy.staticFile, { attributes: { [ATTR_FILE_OUTCOME]: outcome } }),
  ];
}

/**
 * What the proxy hands on: gateway, queue, one worker, and in the app the matched `route` (null: none) and `steps`.
 * `again`: the first worker was lost, and a second one did the work.
 */
function answered(
  route: string | null,
  steps: Expected[],
  { method = 'GET', by = 'view', middleware = [] as Expected[], again = false } = {},
): Expected[] {
  const work = expectSpan(
    app.server,
    { words: { method, route: route ?? '' }, attributes: { [ATTR_ANSWERED_BY]: by } },
    ...middleware,
    ...(by === 'common' ? [] : [expectSpan(app.urlresolver, {})]),
    ...steps,
  );
  const lost = [expectSpan(gateway.queue, {}), attempt(method, { [ATTR_ERROR_TYPE]: 'worker_lost' })];
  const done = attempt(method, again ? { [ATTR_HTTP_REQUEST_RESEND_COUNT]: 1 } : {}, work);
  return handedOn(method, 'worker', ...(again ? lost : []), expectSpan(gateway.queue, {}), done);
}

/** The gateway finds a worker, or says why not (`outcome`), and does `steps`. */
function handedOn(method: string, outcome: string, ...steps: Expected[]): Expected[] {
  const words = { method };
  return [
    expectSpan(proxy.location, { attributes: { [ATTR_LOCATION_KIND]: 'dynamic' } }),
    expectSpan(
      proxy.upstream,
      { words },
      expectSpan(gateway.server, { words, attributes: { [ATTR_QUEUE_OUTCOME]: outcome } }, ...steps),
    ),
  ];
}

function attempt(method: string, attributes: Attributes, ...work: Expected[]): Expected {
  return expectSpan(gateway.attempt, { words: { method }, attributes }, ...work);
}

// ── the framework ──

function view(name: string, ...steps: Expected[]): Expected {
  return expectSpan(app.view, { words: { name } }, ...steps);
}

function middleware(name: string, ...steps: Expected[]): Expected {
  return expectSpan(app.middleware, { words: { name } }, ...steps);
}

function permission(name: string, allowed: boolean, ...steps: Expected[]): Expected {
  return expectSpan(app.permission, { words: { name }, attributes: { [ATTR_PERMISSION_ALLOWED]: allowed } }, ...steps);
}

function query(summary: string): Expected {
  return expectSpan(app.query, { words: { summary } });
}

function template(name: string): Expected {
  return expectSpan(app.template, { words: { name } });
}
