// Responses for one visitor: cookies by HTTPS only, and no caching.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../../tests/support/app/app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const HTTPS = { 'x-forwarded-proto': 'https' };
const cookiesOf = (headers: { [name: string]: unknown }) => [headers['set-cookie'] ?? []].flat().map(String);

describe.each([
  ['sealed.tatis.test', true],
  ['SEALED.tatis.test.:8443', true],
  ['sealed.tatis.localhost:8443', true],
  ['tatis.test', false],
  ['127.0.0.1:8180', false],
])('on %s', (host, isSecure) => {
  test.each(['http', 'https'])(`cookies are Secure: ${isSecure}, for a request by %s`, async (proto) => {
    const headers = { host, 'x-forwarded-proto': proto, cookie: 'sessionid=unknown' };
    const answer = await app.visitor().get('/accounts/login/', headers);
    const cookies = cookiesOf(answer.headers);
    expect(cookies.map((each) => each.split('=')[0])).toEqual(['csrftoken', 'sessionid']);
    expect(cookies.map((each) => each.includes('; Secure'))).toEqual([isSecure, isSecure]);
  });
});

test('by HTTPS a form needs its Origin or Referer', async () => {
  const statuses = [];
  for (const headers of [
    {},
    { origin: 'https://djangogirls.test' },
    { referer: 'https://djangogirls.test/accounts/login/' },
    { referer: 'http://djangogirls.test/accounts/login/' },
    { referer: 'https://evil.test/' },
  ]) {
    const visitor = app.visitor();
    const page = await visitor.get('/accounts/login/');
    const token = /name="csrfmiddlewaretoken" value="(\w+)"/.exec(page.body)?.[1] ?? '';
    const body = String(new URLSearchParams({ csrfmiddlewaretoken: token, username: 'ola', password: 'ola' }));
    const all = { 'content-type': 'application/x-www-form-urlencoded', ...HTTPS, ...headers };
    statuses.push((await visitor.send('/accounts/login/', { method: 'POST', headers: all, body })).status);
  }
  expect(statuses).toEqual([403, 302, 302, 403, 403]);
});

test.each([
  ['the page of somebody who is signed in', '/jobs/', true],
  ['a redirect', '/jobs', false],
])('%s is never cached: %s', async (_, path, isPersonal) => {
  const visitor = app.visitor();
  await visitor.signIn('ola');
  const { headers } = await visitor.get(path);
  const never = 'max-age=0, no-cache, no-store, must-revalidate, private';
  expect([headers['cache-control'], headers.vary]).toEqual(isPersonal ? [never, 'Cookie'] : [undefined, undefined]);
});

test('signing in is never cached', async () => {
  expect((await app.visitor().signIn('ola')).headers['cache-control']).toContain('no-store');
});

test('of a field that occurs twice in the query, the last counts', async () => {
  const visitor = app.visitor('tatis.test');
  expect((await visitor.get('/history/?page=999999&page=1')).status).toBe(200);
  expect((await visitor.get('/history/?page=1&page=999999')).status).toBe(404);
});
