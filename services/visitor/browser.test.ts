import { describe, expect, test } from 'vitest';
import { Browser, createBrowsers } from './browser.ts';

const PAGE = new URL('http://djangogirls.test/jobs/1/');
const html = (body: string, headers = {}) => ({
  status: 200,
  httpVersion: '1.1',
  headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
  hsts: undefined as string | undefined,
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

describe('a site that requires HTTPS (HSTS)', () => {
  const browserOf = (...said: [url: string, hsts: string][]) => {
    const browser = new Browser();
    for (const [url, hsts] of said) browser.read(new URL(url), { ...html(''), hsts });
    return browser;
  };
  const sealed = 'https://sealed.test/';

  test.each([
    ['http://sealed.test/a?b=1', 'https://sealed.test/a?b=1'],
    ['http://sealed.test./', 'https://sealed.test./'],
    ['http://SEALED.test/', 'https://sealed.test/'],
    ['http://sealed.test:8180/', 'https://sealed.test:8180/'],
    ['http://sealed.test:80/', 'https://sealed.test/'],
    ['http://other.test/', 'http://other.test/'],
    ['http://www.sealed.test/', 'http://www.sealed.test/'],
    ['http://test/', 'http://test/'],
  ])('for %s: %s', (url, asked) => {
    for (const host of [sealed, 'https://sealed.test./']) {
      expect(browserOf([host, 'max-age=300']).httpsUrl(new URL(url)).href).toBe(asked);
    }
  });

  test('includes subdomains only if it says so', () => {
    const browser = browserOf([sealed, 'max-age=300; includeSubDomains']);
    expect(browser.httpsUrl(new URL('http://a.www.sealed.test/')).protocol).toBe('https:');
    expect(browser.httpsUrl(new URL('http://xsealed.test/')).protocol).toBe('http:');
  });

  test.each<[why: string, ...said: [url: string, hsts: string][]]>([
    ['by plain HTTP', ['http://sealed.test/', 'max-age=300']],
    ['for no time', [sealed, 'max-age=0']],
    ['and takes it back', [sealed, 'max-age=300'], [sealed, 'max-age=0']],
    ['in a header that is not valid', [sealed, 'max-age=300abc']],
    ['for another name', ['https://other.test/', 'max-age=300']],
  ])('is asked by HTTP if it says so %s', (_, ...said) => {
    expect(browserOf(...said).httpsUrl(new URL('http://sealed.test/')).protocol).toBe('http:');
  });

  test('is no address', () => {
    expect(browserOf(['https://127.0.0.1/', 'max-age=300']).httpsUrl(new URL('http://127.0.0.1/')).protocol).toBe(
      'http:',
    );
  });

  test('keeps to what it said, where a later header is not valid', () => {
    const browser = browserOf([sealed, 'max-age=300'], [sealed, 'max-age=0; max-age=0']);
    expect(browser.httpsUrl(new URL('http://sealed.test/')).protocol).toBe('https:');
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
