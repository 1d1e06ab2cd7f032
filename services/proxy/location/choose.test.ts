import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { serverBlocks } from '../locations.ts';
import { type Location, readBlocks } from './blocks.ts';
import { chooseRule } from './choose.ts';
import { createRouting } from './read.ts';

const GATEWAY = { host: '127.0.0.1', port: 8182 };
const read = (...locations: Location[]) => readBlocks([{ names: ['tatis.test'], locations }]);
const rules = (...matches: string[]) => {
  const [server] = read(...matches.map((match) => ({ match, proxy: GATEWAY })));
  return (path: string) => chooseRule(server?.rules ?? [], path);
};

// The example of nginx's own documentation of `location`, and its answers.
const nginxExample = rules('= /', '/', '/documents/', '^~ /images/', '~* \\.(gif|jpg|jpeg)$');

test.each([
  ['/', '= /'],
  ['/index.html', '/'],
  ['/documents/document.html', '/documents/'],
  ['/images/1.gif', '^~ /images/'],
  ['/documents/1.jpg', '~* \\.(gif|jpg|jpeg)$'],
  ['/documents/1.JPG', '~* \\.(gif|jpg|jpeg)$'],
])("nginx's example: %s has the location %s", (path, rule) => {
  expect(nginxExample(path).rule).toBe(rule);
});

test('the longest prefix wins whatever the order', () => {
  expect(rules('/a/b/', '/', '/a/')('/a/b/c').rule).toBe('/a/b/');
});

test('the first expression wins, even over a longer prefix', () => {
  expect(rules('/static/', '~ b', '~ a')('/static/ab').rule).toBe('~ b');
});

test('every rule tried is returned in order, with its outcome', () => {
  const { tried, reason } = nginxExample('/documents/a.html');
  expect(tried.map(({ rule, outcome }) => `${rule}: ${outcome}`)).toEqual([
    '= /: does not match',
    '/: matches',
    '/documents/: matches',
    '^~ /images/: does not match',
    '~* \\.(gif|jpg|jpeg)$: does not match',
  ]);
  expect(reason).toBe('longest matching prefix');
});

test('an exact or final rule ends the search', () => {
  expect(nginxExample('/').tried).toHaveLength(1);
  expect(nginxExample('/images/a.gif').tried.map(({ rule }) => rule)).not.toContain('~* \\.(gif|jpg|jpeg)$');
});

test('if no rule matches, the response is 404', () => {
  expect(rules('/a/')('/b')).toMatchObject({ rule: 'none', action: { kind: 'return', config: { status: 404 } } });
});

test("the lab's own locations are valid", () => {
  const staticRoot = mkdtempSync(join(tmpdir(), 'waybill-locations-'));
  const [first] = readBlocks(serverBlocks({ staticRoot, gateway: GATEWAY, tlsPort: 8443 }));
  const choose = (path: string) => chooseRule(first?.rules ?? [], path);
  expect(choose('/static/style.css')).toMatchObject({ rule: '/static/', rest: 'style.css' });
  expect(choose('/static/app.0123abcd.js')).toMatchObject({
    reason: 'first matching regular expression',
    rest: 'app.0123abcd.js',
  });
  expect(choose('/jobs/1/').action.kind).toBe('dynamic');
  expect(choose('/favicon.ico').action.kind).toBe('return');
});

describe('a server block with httpsOnly', () => {
  const httpsOnly = { maxAge: 300, port: 8443 };
  const blocks = [
    { names: ['open.test'], locations: [] },
    { names: ['https.test'], httpsOnly, locations: [{ match: '/', proxy: GATEWAY }] },
  ];
  const target = (scheme: 'http' | 'https', authority: string, raw = '/a?b=1') => ({
    scheme,
    authority,
    host: authority.split(':')[0] ?? '',
    path: '/a',
    raw,
  });

  test.each([
    ['https.test', 'https://https.test/a?b=1'],
    ['https.test:8180', 'https://https.test:8443/a?b=1'],
  ])('redirects plain HTTP for %s to %s', (authority, location) => {
    const { rule, action } = createRouting(blocks).choose(target('http', authority));
    expect({ rule, action }).toEqual({
      rule: 'https only',
      action: { kind: 'return', config: { status: 301, location } },
    });
  });

  test('chooses among its locations for a request by HTTPS', () => {
    expect(createRouting(blocks).choose(target('https', 'https.test')).rule).toBe('/');
  });

  test.each([
    ['https.test', 300],
    ['open.test', undefined],
    ['', undefined], // the first block
  ])('has the time for HSTS: %s', (host, seconds) => {
    expect(createRouting(blocks).hstsOf(host)).toBe(seconds);
  });

  test('is refused with a negative time', () => {
    const wrong = [{ names: ['a.test'], httpsOnly: { maxAge: -1, port: 8443 }, locations: [] }];
    expect(() => createRouting(wrong)).toThrow('server a.test: maxAge of httpsOnly must be a number of seconds');
  });
});

test.each<[reason: RegExp, location: object]>([
  [/location "static\/": a path begins with \//, { match: 'static/', proxy: GATEWAY }],
  [/is not a valid regular expression/, { match: '~ (', proxy: GATEWAY }],
  [/has 0 of static, proxy, return/, { match: '/' }],
  [/has 2 of static, proxy, return/, { match: '/', proxy: GATEWAY, return: { status: 204 } }],
  [/the folder \/no\/such cannot be read/, { match: '/', static: { alias: '/no/such/' } }],
  [/either root or alias/, { match: '/', static: {} }],
  [/alias ends with \/\$1/, { match: '~ ^/a/(.*)$', static: { alias: '/usr/' } }],
  [/expires must be a number/, { match: '/', static: { root: '/usr', expires: -1 } }],
  [/99 is not a status/, { match: '/', return: { status: 99 } }],
  [/a 301 needs a location/, { match: '/', return: { status: 301 } }],
])('a wrong location is refused with its place and the reason: %s', (reason, location) => {
  expect(() => read(location as Location)).toThrow(reason);
  expect(() => read(location as Location)).toThrow(/^locations\.ts: server tatis\.test, location "/);
});

test('a location or a name that is defined twice is refused', () => {
  expect(() => rules('/', '/')).toThrow(/location "\/": is defined twice/);
  expect(() => readBlocks([{ names: ['a', 'a'], locations: [] }])).toThrow(/"a" is named twice/);
});
