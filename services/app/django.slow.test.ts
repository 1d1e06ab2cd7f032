// The framework and a real Django: the same requests, the same outcome.

import { request } from 'node:http';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../tests/support/app/app.ts';
import {
  type ComparedResponse,
  type DjangoRequest,
  noDjango,
  noOriginCheck,
  startDjango,
} from '../../tests/support/app/django.ts';
import { siteSettings } from './site/settings.ts';

let app: TestApp;
let django: ReturnType<typeof startDjango>;
beforeAll(async () => {
  if (noDjango) return;
  app = await startApp();
  django = startDjango(siteSettings(app.config).sites.flatMap(({ hosts }) => hosts));
  return async () => {
    await app.stop();
    await django.stop();
  };
});
beforeEach((context) => {
  if (noDjango) context.skip(noDjango);
});

const FORM = 'application/x-www-form-urlencoded';
/** A secret, and the same masked: by `aaa…`, which shifts nothing, and by `bbb…`, which shifts each character by one. */
const SECRET = 'abcdefghijklmnopqrstuvwxyzABCDEF';
const MASKED = 'a'.repeat(32) + SECRET;
const MASKED_TOO = `${'b'.repeat(32)}bcdefghijklmnopqrstuvwxyzABCDEFG`;
const OTHER = 'Z'.repeat(32);
const TOKEN = `csrfmiddlewaretoken=${SECRET}`;

/** Both responses to one request. */
async function both(parts: Partial<DjangoRequest>): Promise<{ ours: ComparedResponse; theirs: ComparedResponse }> {
  const whole = { method: 'GET', target: '/', headers: {}, body: '', ...parts };
  whole.headers = { host: 'tatis.test', ...whole.headers };
  return { ours: await sendToApp(whole), theirs: await django.send(whole) };
}

function sendToApp({ method, target, headers, body }: DjangoRequest): Promise<ComparedResponse> {
  return new Promise((resolve, reject) => {
    const sent = request({ port: app.port, method, path: target, headers }, (response) => {
      const { statusCode = 0, rawHeaders } = response.resume();
      const named = rawHeaders.flatMap((name, at) =>
        at % 2 === 0 ? [[name.toLowerCase(), rawHeaders[at + 1] ?? ''] as [string, string]] : [],
      );
      response.once('end', () => resolve({ status: statusCode, headers: named }));
    });
    sent.once('error', reject).end(body === '' ? undefined : body);
  });
}

const headerOf = ({ headers }: ComparedResponse, name: string) => headers.find(([each]) => each === name)?.[1];
/** The cookies that an answer sets, and whether it deletes them. */
const cookiesOf = ({ headers }: ComparedResponse) =>
  headers
    .filter(([name]) => name === 'set-cookie')
    .map(([, value]) => `${value.split('=')[0]?.trim()}${/max-age=0(;|$)/i.test(value) ? ' deleted' : ''}`)
    .sort();

describe('Host', () => {
  test.each([
    ['tatis.test', 200],
    ['TATIS.Test', 200],
    ['tatis.test:8180', 200],
    ['tatis.test.', 200],
    ['tatis.test.:8180', 200],
    ['www.tatis.test', 200],
    ['a.b.tatis.test', 200],
    ['a.b.c.d.tatis.test.', 200],
    ['djangogirls.test.', 200],
    ['x.djangogirls.test', 200],
    ['127.0.0.1', 200],
    ['127.0.0.1.', 200],
    ['127.0.0.1.:80', 200],
    ['localhost', 200],
    ['tatis.localhost:8180', 200],
    ['tatis.test..', 400],
    ['xtatis.test', 400],
    ['tatis.test.evil.test', 400],
    ['a.localhost', 400],
    ['evil.test', 400],
    ['127.0.0.2', 400],
    ['[::1]', 400],
    ['[::1]:80', 400],
    ['tatis.test:', 400],
    ['tatis.test:x', 400],
    ['tatis.test:80:80', 400],
    ['tatis_x.tatis.test', 400],
    ['ola@tatis.test', 400],
    ['tatis.test/', 400],
    ['ä.tatis.test', 400],
    ['constructor', 400],
    ['__proto__', 400],
    ['[', 400],
    ['[::1', 400],
    ['a b', 400],
    ['@', 400],
    ['%', 400],
    ['tatis.test:99999', 200],
  ])('%s is %i', async (host, status) => {
    const { ours, theirs } = await both({ headers: { host: Buffer.from(host).toString('latin1') } });
    expect([ours.status, theirs.status]).toEqual([status, status]);
  });
});

test.each([
  ['evil.test', 200],
  ['tatis.test', 200],
  ['[', 200],
])('X-Forwarded-Host: %s is not read', async (host, status) => {
  const { ours, theirs } = await both({ headers: { 'x-forwarded-host': host } });
  expect([ours.status, theirs.status]).toEqual([status, status]);
  const foreign = await both({ headers: { host: 'evil.test', 'x-forwarded-host': 'tatis.test' } });
  expect([foreign.ours.status, foreign.theirs.status]).toEqual([400, 400]);
});

describe('APPEND_SLASH', () => {
  test.each([
    ['GET', '/jobs', '/jobs/'],
    ['HEAD', '/jobs', '/jobs/'],
    ['OPTIONS', '/jobs', '/jobs/'],
    ['GET', '/jobs/1', '/jobs/1/'],
    ['HEAD', '/jobs/1?', '/jobs/1/'],
    ['GET', '/jobs?page=2', '/jobs/?page=2'],
    ['HEAD', '/jobs?b=2&a=1&a=%20+&c', '/jobs/?b=2&a=1&a=%20+&c'],
    ['GET', '/jobs?x=%zz&y=%00&z=%ff', '/jobs/?x=%zz&y=%00&z=%ff'],
    ['GET', '/jobs?a?b=/c//d', '/jobs/?a?b=/c//d'],
    ['GET', '/letters/%C3%84%20x', '/letters/%C3%84%20x/'],
    ['GET', '/letters/a%3Fb', '/letters/a%3Fb/'],
    ['GET', '/jobs/1/description', undefined],
    ['GET', '/jobs/', undefined],
    ['GET', '/nothing', undefined],
    ['GET', '//jobs', undefined],
  ])('%s %s leads to %s', async (method, target, location) => {
    const { ours, theirs } = await both({ method, target });
    expect([headerOf(ours, 'location'), headerOf(theirs, 'location')]).toEqual([location, location]);
    if (location !== undefined) expect([ours.status, theirs.status]).toEqual([301, 301]);
  });
});

describe('csrf', () => {
  const post = (
    cookie: string | undefined,
    more: { header?: string; field?: string; type?: string; method?: string },
  ) =>
    both({
      method: more.method ?? 'POST',
      target: '/accounts/login/',
      headers: {
        'content-type': more.type ?? FORM,
        ...(cookie && { cookie: `csrftoken=${cookie}` }),
        ...(more.header !== undefined && { 'x-csrftoken': more.header }),
      },
      body: more.field === undefined ? 'a=b' : `csrfmiddlewaretoken=${more.field}`,
    });

  test.each([
    ["the cookie's value in the header", SECRET, { header: SECRET }, true],
    ['a masked token in the header', SECRET, { header: MASKED }, true],
    ['another mask in the header', SECRET, { header: MASKED_TOO }, true],
    ['a masked cookie, and its value in the header', MASKED, { header: MASKED }, true],
    ['a masked cookie, and the secret in the header', MASKED_TOO, { header: SECRET }, true],
    ["the cookie's value in the form", SECRET, { field: SECRET }, true],
    ['a masked token in the form', SECRET, { field: MASKED_TOO }, true],
    ['an empty field, and the header', SECRET, { field: '', header: SECRET }, true],
    ['a wrong field, and the right header', SECRET, { field: OTHER, header: SECRET }, false],
    ['a right field, and a wrong header', SECRET, { field: SECRET, header: OTHER }, true],
    ['the header with a body that is not a form', SECRET, { header: SECRET, type: 'application/json' }, true],
    ['the header with PUT', SECRET, { header: SECRET, method: 'PUT' }, true],
    ['no token', SECRET, {}, false],
    ['an empty header', SECRET, { header: '' }, false],
    ['a wrong secret', SECRET, { header: OTHER }, false],
    ['a wrong masked token', SECRET, { header: OTHER + OTHER }, false],
    ['too long a token', SECRET, { header: `${SECRET}a` }, false],
    ['other characters', SECRET, { header: '-'.repeat(32) }, false],
    ['a token without a cookie', undefined, { header: SECRET }, false],
    ['a cookie that is none', '-'.repeat(32), { header: '-'.repeat(32) }, false],
    ['a prototype name as cookie and token', '__proto__', { header: '__proto__' }, false],
  ])('%s', async (_, cookie, more, isAccepted) => {
    const { ours, theirs } = await post(cookie, more);
    expect([ours.status !== 403, theirs.status !== 403]).toEqual([isAccepted, isAccepted]);
  });

  test.each([
    ['a field twice, the last right', {}, `csrfmiddlewaretoken=${OTHER}&csrfmiddlewaretoken=${SECRET}`, true],
    ['a field twice, the last wrong', {}, `csrfmiddlewaretoken=${SECRET}&csrfmiddlewaretoken=${OTHER}`, false],
    ['a field twice, the last empty', {}, `csrfmiddlewaretoken=${SECRET}&csrfmiddlewaretoken=`, false],
    ['a cookie twice, the last right', { cookie: `csrftoken=${OTHER}; csrftoken=${SECRET}` }, TOKEN, true],
    ['a cookie twice, the last wrong', { cookie: `csrftoken=${SECRET}; csrftoken=${OTHER}` }, TOKEN, false],
  ])('%s', async (_, headers, body, isAccepted) => {
    expect(await submit(headers, body)).toEqual([isAccepted, isAccepted]);
  });

  /** Whether a form with the right token, and these headers, is taken. */
  async function isTaken(
    send: (request: DjangoRequest) => Promise<ComparedResponse>,
    headers: Record<string, string>,
    body = TOKEN,
  ) {
    const all = { host: 'tatis.test', 'content-type': FORM, cookie: `csrftoken=${SECRET}`, ...headers };
    return (await send({ method: 'POST', target: '/accounts/login/', headers: all, body })).status !== 403;
  }
  const submit = async (headers: Record<string, string>, body = TOKEN) => [
    await isTaken(sendToApp, headers, body),
    await isTaken(django.send, headers, body),
  ];

  describe('by HTTPS', () => {
    test.each([
      ['no Referer', undefined, false],
      ['an empty one', '', false],
      ['the page of the form', 'https://tatis.test/accounts/login/', true],
      ['another page of the site', 'https://tatis.test', true],
      ['the scheme in capitals', 'HTTPS://tatis.test/', true],
      ['the host in capitals', 'https://TATIS.test/', false],
      ['another site', 'https://evil.test/', false],
      ['a site above', 'https://test/', false],
      ['a site below', 'https://www.tatis.test/', false],
      ['a name that begins so', 'https://tatis.test.evil.test/', false],
      ['another port', 'https://tatis.test:8443/', false],
      ['the site with a user', 'https://ola@tatis.test/', false],
      ['the site, after @', 'https://tatis.test@evil.test/', false],
      ['a backslash', 'https://tatis.test\\@evil.test/', false],
      ['the site by HTTP', 'http://tatis.test/', false],
      ['a path alone', '/accounts/login/', false],
      ['no scheme', '//tatis.test/', false],
      ['no host', 'https:///accounts/login/', false],
      ['a word', 'tatis.test', false],
    ])('Referer is %s', async (_, referer, isAccepted) => {
      const headers = { 'x-forwarded-proto': 'https', ...(referer !== undefined && { referer }) };
      expect(await submit(headers)).toEqual([isAccepted, isAccepted]);
    });

    test('the host in capitals, the Referer in lower case', async () => {
      const headers = { 'x-forwarded-proto': 'https', host: 'TATIS.test', referer: 'https://tatis.test/' };
      expect(await submit(headers)).toEqual([true, true]);
    });
  });

  test.each([
    ['http', undefined, undefined, true],
    ['http', 'http://tatis.test', 'http://evil.test/', true],
    ['http', 'https://tatis.test', undefined, false],
    ['http', 'null', undefined, false],
    ['http', 'http://evil.test', undefined, false],
    ['https', 'https://tatis.test', undefined, true],
    ['https', 'https://tatis.test', 'https://evil.test/', true],
    ['https', 'https://tatis.test/', undefined, false],
    ['https', 'HTTPS://tatis.test', undefined, false],
    ['https', 'http://tatis.test', 'https://tatis.test/', false],
    ['https', 'https://evil.test', 'https://tatis.test/', false],
    ['https', 'null', 'https://tatis.test/', false],
    ['https, https', 'https://tatis.test', undefined, true],
    ['http, https', 'https://tatis.test', undefined, false],
    ['https', undefined, 'https://[/', false],
  ])('by %s from the origin %s, Referer %s: taken? %s', async (proto, origin, referer, isAccepted) => {
    const headers = { 'x-forwarded-proto': proto, ...(origin && { origin }), ...(referer && { referer }) };
    if (noOriginCheck) expect(await isTaken(sendToApp, headers)).toBe(isAccepted);
    else expect(await submit(headers)).toEqual([isAccepted, isAccepted]);
  });
});

describe('cookies and Vary', () => {
  test.each([
    ['a page', '/jobs/', undefined, [], true],
    ['a page with a form', '/accounts/login/', undefined, ['csrftoken'], true],
    [
      'a page with a form, for who has the cookie: for another year',
      '/accounts/login/',
      `csrftoken=${SECRET}`,
      ['csrftoken'],
      true,
    ],
    ['an unknown session', '/jobs/', 'sessionid=abcdefghijklmnopqrstuvwxyz123456', ['sessionid deleted'], true],
    ['a session that is none', '/jobs/', 'sessionid=', ['sessionid deleted'], true],
    ['a prototype name as session', '/jobs/', 'sessionid=__proto__', ['sessionid deleted'], true],
    ['a redirect that looks at no session', '/jobs', undefined, [], false],
  ])('%s', async (_, target, cookie, cookies, varies) => {
    const { ours, theirs } = await both({ target, headers: cookie === undefined ? {} : { cookie } });
    expect([cookiesOf(ours), headerOf(ours, 'vary')]).toEqual([cookies, varies ? 'Cookie' : undefined]);
    expect([cookiesOf(theirs), headerOf(theirs, 'vary')]).toEqual([cookies, varies ? 'Cookie' : undefined]);
  });
});

describe('Cache-Control', () => {
  test.each([
    ['a page with a form', '/accounts/login/', undefined, true],
    ['a page for anybody', '/jobs/', undefined, false],
    ['a redirect that looks at no session', '/jobs', undefined, false],
  ])('%s', async (_, target, cookie, isNeverCached) => {
    const { ours, theirs } = await both({ target, headers: cookie === undefined ? {} : { cookie } });
    const headersOf = (answer: ComparedResponse) => [
      headerOf(answer, 'cache-control'),
      headerOf(answer, 'expires') !== undefined,
    ];
    expect(headersOf(ours)).toEqual(headersOf(theirs));
    expect(headersOf(ours)[1]).toBe(isNeverCached);
  });
});
