// The framework beside a real Django: the same requests, the same outcome.

import { request } from 'node:http';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { siteSettings } from './site/settings.ts';
import { startApp, type TestApp } from './testing.ts';
import { type DjangoRequest, noDjango, type Said, startDjango } from './testing-django.ts';

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

/** Both answers to one request. */
async function both(asked: Partial<DjangoRequest>): Promise<{ ours: Said; theirs: Said }> {
  const whole = { method: 'GET', target: '/', headers: {}, body: '', ...asked };
  whole.headers = { host: 'tatis.test', ...whole.headers };
  return { ours: await askApp(whole), theirs: await django.ask(whole) };
}

function askApp({ method, target, headers, body }: DjangoRequest): Promise<Said> {
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

const headerOf = ({ headers }: Said, name: string) => headers.find(([each]) => each === name)?.[1];
/** The cookies that an answer sets, and whether it deletes them. */
const cookiesOf = ({ headers }: Said) =>
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
  ])('%s is %i', async (host, status) => {
    const { ours, theirs } = await both({ headers: { host: Buffer.from(host).toString('latin1') } });
    expect([ours.status, theirs.status]).toEqual([status, status]);
  });
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
    ['the header with a body that is no form', SECRET, { header: SECRET, type: 'application/json' }, true],
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
