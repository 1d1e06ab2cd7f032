import { describe, expect, test } from 'vitest';
import { Browser, createBrowsers } from './browser.ts';

const PAGE = new URL('http://djangogirls.test/jobs/1/');
const html = (body: string, headers = {}) => ({
  status: 200,
  httpVersion: '1.1',
  headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
  body,
});

test('sends a cookie back to the site that set it, and to no other', () => {
  const browser = new Browser();
  browser.read(PAGE, html('', { 'set-cookie': ['sessionid=abc; Path=/; HttpOnly', 'csrftoken=xyz; Path=/'] }));
  expect(browser.headers(PAGE, false)).toEqual({ cookie: 'sessionid=abc; csrftoken=xyz' });
  expect(browser.headers(new URL('http://tatis.test/'), false)).toEqual({});
});

test('forgets a cookie that the site takes back', () => {
  const browser = new Browser();
  browser.read(PAGE, html('', { 'set-cookie': ['sessionid=abc; Path=/'] }));
  browser.read(PAGE, html('', { 'set-cookie': ['sessionid=; Path=/; Max-Age=0'] }));
  expect(browser.headers(PAGE, false)).toEqual({});
});

describe('a site that says to be asked by HTTPS alone (HSTS)', () => {
  const [plain, sealed] = ['http://sealed.test/a?b=1', 'https://sealed.test/a?b=1'];
  const browserOf = (url: string, said: string) => {
    const browser = new Browser();
    browser.read(new URL(url), html('', { 'strict-transport-security': said }));
    return browser;
  };

  test('is, from then on; no other is', () => {
    const browser = browserOf('https://sealed.test/', 'includeSubDomains; max-age=300');
    expect(browser.sealed(new URL(plain)).href).toBe(sealed);
    expect(browser.sealed(new URL('http://sealed.test:8180/')).href).toBe('https://sealed.test:8180/');
    expect(browser.sealed(new URL('http://other.test/')).href).toBe('http://other.test/');
  });

  test.each([
    ['by plain HTTP', 'http://sealed.test/', 'max-age=300'],
    ['for no time', 'https://sealed.test/', 'max-age=0'],
    ['without a time', 'https://sealed.test/', 'preload'],
    ['for another name', 'https://other.test/', 'max-age=300'],
  ])('is not, when it says so %s', (_, url, said) => {
    expect(browserOf(url, said).sealed(new URL(plain)).href).toBe(plain);
  });
});

test('sends the hidden fields of the form along with what is typed', () => {
  const browser = new Browser();
  browser.read(
    PAGE,
    html(
      '<form method="post" action="description"><input type="hidden" name="token" value="a&amp;b"><input name="description"></form>',
    ),
  );
  const target = new URL('http://djangogirls.test/jobs/1/description');
  expect(browser.fillIn(target, { description: 'Teaches' })).toBe('token=a%26b&description=Teaches');
});

test('sends only what is typed to an address that no form on the page names', () => {
  const browser = new Browser();
  browser.read(PAGE, html('<form action="/other"><input type=hidden name=token value=t></form>'));
  expect(browser.fillIn(PAGE, { name: 'Ola' })).toBe('name=Ola');
});

test('a browser of the same name keeps its cookies, one of a new name has none', () => {
  const browsers = createBrowsers();
  browsers.find('a').read(PAGE, html('', { 'set-cookie': ['sessionid=abc; Path=/'] }));
  expect(browsers.find('a').headers(PAGE, false)).toEqual({ cookie: 'sessionid=abc' });
  expect(browsers.find('b').headers(PAGE, false)).toEqual({});
});

test('of more than 100 browsers the one that was longest unused is forgotten', () => {
  const browsers = createBrowsers();
  const first = browsers.find('0');
  for (let name = 1; name <= 100; name++) browsers.find(String(name));
  expect(browsers.find('100')).not.toBe(first);
  expect(browsers.find('0')).not.toBe(first);
});
