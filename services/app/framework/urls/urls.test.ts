import { expect, test } from 'vitest';
import { Response } from '../http/response.ts';
import { include, path } from './path.ts';
import { resolve } from './resolver.ts';
import { reverse } from './reverse.ts';

const view = () => new Response('');

const urls = [
  path('', view, 'home'),
  path('jobs/', view, 'jobs'),
  path('jobs/<int:pk>/', view, 'job'),
  path('archive/<int:year>/', view, 'year'),
  path('tags/<slug:tag>/', view, 'tag'),
  path('things/<uuid:id>/', view, 'thing'),
  path('files/<path:file>', view, 'file'),
  include('people/<str:name>/', [path('', view, 'person'), path('letters/<int:pk>/', view, 'letter')]),
  path('jobs/<str:any>/', view, 'any'),
];

test.each([
  ['/', 'home', {}],
  ['/jobs/', 'jobs', {}],
  ['/jobs/7/', 'job', { pk: 7 }],
  ['/jobs/seven/', 'any', { any: 'seven' }],
  ['/archive/2026/', 'year', { year: 2026 }],
  ['/tags/a-tag_1/', 'tag', { tag: 'a-tag_1' }],
  ['/things/0af76519-16cd-43dd-8448-eb211c80319c/', 'thing', { id: '0af76519-16cd-43dd-8448-eb211c80319c' }],
  ['/files/a/b/c.txt', 'file', { file: 'a/b/c.txt' }],
  ['/people/Ola/', 'person', { name: 'Ola' }],
  ['/people/Ola/letters/3/', 'letter', { name: 'Ola', pk: 3 }],
  ['/people/Zażółć gęślą/', 'person', { name: 'Zażółć gęślą' }],
])('%s is %s', (address, name, params) => {
  expect(resolve(urls, address).match).toMatchObject({ name, params });
});

test.each(['/jobs', '/jobs/7/more/', '/archive/2147483648/', '/tags/ä/', '/people//', '/jobs/99999999999/x'])(
  'nothing matches %s',
  (address) => expect(resolve(urls, address).match).toBeUndefined(),
);

test('patterns are tried from top to bottom, and each mismatch has its reason', () => {
  const { tried } = resolve(urls.slice(0, 4), '/jobs/x/');
  expect(tried.map(({ pattern, outcome }) => [pattern, outcome])).toEqual([
    ['/', 'the path goes on'],
    ['/jobs/', 'the path goes on'],
    ['/jobs/<int:pk>/', '<int:pk> does not follow'],
    ['/archive/<int:year>/', 'the path does not begin with "archive/"'],
  ]);
  expect(resolve(urls, '/archive/2147483648/').tried.at(3)?.outcome).toBe('<int:year> does not take "2147483648"');
});

test('the first match ends the search', () => {
  expect(resolve(urls, '/jobs/7/').tried.map(({ outcome }) => outcome)).toEqual([
    'the path goes on',
    'the path goes on',
    'matched',
  ]);
});

test.each([
  ['job', { pk: 7 }, '/jobs/7/'],
  ['letter', { name: 'Ola', pk: 3 }, '/people/Ola/letters/3/'],
  ['person', { name: 'a/b?c' }, undefined],
  ['person', { name: 'ä ?#' }, '/people/%C3%A4%20%3F%23/'],
  ['file', { file: 'a b/c.txt' }, '/files/a%20b/c.txt'],
  ['job', { pk: 'seven' }, undefined],
  ['job', {}, undefined],
  ['job', { pk: 7, more: 1 }, undefined],
  ['unknown', {}, undefined],
])('%s of %o is written as %s', (name, params, address) => {
  if (address === undefined) expect(() => reverse(urls, name, params)).toThrow(`"${name}"`);
  else expect(reverse(urls, name, params)).toBe(address);
});

test.each([
  ['jobs/<number:pk>/', 'There is no converter "number"'],
  ['jobs/<int pk>/', 'is malformed at <int pk>'],
])('a malformed pattern, %s, throws at start', (pattern, message) => {
  expect(() => path(pattern, view, 'wrong')).toThrow(message);
});

test.each(['__proto__', 'constructor', 'toString'])('a parameter may be called %s', (name) => {
  const list = [include(`in/<str:${name}>/`, [path('<int:pk>/', view, 'it')])];
  const { params } = resolve(list, '/in/x/7/').match ?? {};
  expect(Object.entries(params ?? {})).toEqual([
    [name, 'x'],
    ['pk', 7],
  ]);
  expect(
    reverse(
      list,
      'it',
      Object.fromEntries([
        [name, 'x'],
        ['pk', 7],
      ]),
    ),
  ).toBe('/in/x/7/');
  expect(() => reverse(list, 'it', { pk: 7 })).toThrow('"it"');
});

test.each(['__proto__', 'constructor', 'toString'])('there is no converter %s', (name) => {
  expect(() => path(`<${name}:x>/`, view, 'wrong')).toThrow(`There is no converter "${name}"`);
});
