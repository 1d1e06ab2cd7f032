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

test('a cookie is sent to the site that set it, and to no other', () => {
  const browser = new Browser();
  browser.read(PAGE, html('', { 'set-cookie': ['sessionid=abc; Path=/; HttpOnly', 'csrftoken=xyz; Path=/'] }));
  expect(browser.headers(PAGE, false)).toEqual({ cookie: 'sessionid=abc; csrftoken=xyz' });
  expect(browser.headers(new URL('http://tatis.test/'), false)).toEqual({});
});

test('a cookie with Max-Age=0 is deleted', () => {
  const browser = new Browser();
  browser.read(PAGE, html('', { 'set-cookie': ['sessionid=abc; Path=/'] }));
  browser.read(PAGE, html('', { 'set-cookie': ['sessionid=; Path=/; Max-Age=0'] }));
  expect(browser.headers(PAGE, false)).toEqual({});
});

describe('a site that requires HTTPS (HSTS)', () => {
  const browserOf = (...received: [url: string, hsts: string][]) => {
    const browser = new Browser();
    for (const [url, hsts] of received) browser.read(new URL(url), { ...html(''), hsts });
    return browser;
  };
  const strict = 'https://strict.test/';

  test.each([
    ['http://strict.test/a?b=1', 'https://strict.test/a?b=1'],
    ['http://strict.test./', 'https://strict.test./'],
    ['http://STRICT.test/', 'https://strict.test/'],
    ['http://strict.test:8180/', 'https://strict.test:8180/'],
    ['http://strict.test:80/', 'https://strict.test/'],
    ['http://other.test/', 'http://other.test/'],
    ['http://www.strict.test/', 'http://www.strict.test/'],
    ['http://test/', 'http://test/'],
  ])('%s is requested as %s', (url, asked) => {
    for (const host of [strict, 'https://strict.test./']) {
      expect(browserOf([host, 'max-age=300']).httpsUrl(new URL(url)).href).toBe(asked);
    }
  });

  test('subdomains are included only with includeSubDomains', () => {
    const browser = browserOf([strict, 'max-age=300; includeSubDomains']);
    expect(browser.httpsUrl(new URL('http://a.www.strict.test/')).protocol).toBe('https:');
    expect(browser.httpsUrl(new URL('http://xstrict.test/')).protocol).toBe('http:');
  });

  test.each<[why: string, ...received: [url: string, hsts: string][]]>([
    ['over plain HTTP', ['http://strict.test/', 'max-age=300']],
    ['with max-age=0', [strict, 'max-age=0']],
    ['and then one with max-age=0', [strict, 'max-age=300'], [strict, 'max-age=0']],
    ['with an invalid value', [strict, 'max-age=300abc']],
    ['from another host', ['https://other.test/', 'max-age=300']],
  ])('is requested over HTTP if the header came %s', (_, ...received) => {
    expect(browserOf(...received).httpsUrl(new URL('http://strict.test/')).protocol).toBe('http:');
  });

  test('an IP address cannot require HTTPS', () => {
    expect(browserOf(['https://127.0.0.1/', 'max-age=300']).httpsUrl(new URL('http://127.0.0.1/')).protocol).toBe(
      'http:',
    );
  });

  test('a later invalid header changes nothing', () => {
    const browser = browserOf([strict, 'max-age=300'], [strict, 'max-age=0; max-age=0']);
    expect(browser.httpsUrl(new URL('http://strict.test/')).protocol).toBe('https:');
  });
});

test('the hidden fields of a form are sent with the fields typed', () => {
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

test('for an address that is not a form action on the page, only the fields typed are sent', () => {
  const browser = new Browser();
  browser.read(PAGE, html('<form action="/other"><input type=hidden name=token value=t></form>'));
  expect(browser.fillIn(PAGE, { name: 'Ola' })).toBe('name=Ola');
});

test('a browser found by its name has its cookies, a new one has none', () => {
  const browsers = createBrowsers();
  browsers.find('a').read(PAGE, html('', { 'set-cookie': ['sessionid=abc; Path=/'] }));
  expect(browsers.find('a').headers(PAGE, false)).toEqual({ cookie: 'sessionid=abc' });
  expect(browsers.find('b').headers(PAGE, false)).toEqual({});
});

test('of more than 100 browsers the least recently used one is closed', () => {
  const browsers = createBrowsers();
  const first = browsers.find('0');
  for (let name = 1; name <= 100; name++) browsers.find(String(name));
  expect(browsers.find('100')).not.toBe(first);
  expect(browsers.find('0')).not.toBe(first);
});
