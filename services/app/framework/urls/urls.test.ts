import { expect, test } from 'vitest';
import { Response } from '../http/response.ts';
import { registerConverter } from './converters.ts';
import { include, path, rePath } from './path.ts';
import { resolve } from './resolver.ts';
import { reverse } from './reverse.ts';

const view = () => new Response('');

registerConverter('year', {
  regex: '[0-9]{4}',
  toValue: (text) => (Number(text) > 1900 ? Number(text) : undefined),
  toText: String,
});

const urls = [
  path('', view, 'home'),
  path('jobs/', view, 'jobs'),
  path('jobs/<int:pk>/', view, 'job'),
  path('archive/<year:year>/', view, 'year'),
  path('tags/<slug:tag>/', view, 'tag'),
  path('things/<uuid:id>/', view, 'thing'),
  path('files/<path:file>', view, 'file'),
  include('people/<str:name>/', [path('', view, 'person'), path('letters/<int:pk>/', view, 'letter')]),
  rePath(/^codes\/(?<code>[A-Z]{3})$/, view, 'code'),
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
  ['/codes/ABC', 'code', { code: 'ABC' }],
])('%s is %s', (address, name, params) => {
  expect(resolve(urls, address).match).toMatchObject({ name, params });
});

test.each(['/jobs', '/jobs/7/more/', '/archive/1066/', '/tags/ä/', '/people//', '/codes/abc', '/jobs/99999999999/x'])(
  'nothing fits %s',
  (address) => expect(resolve(urls, address).match).toBeUndefined(),
);

test('patterns are tried from top to bottom, and each that does not fit says why', () => {
  const { tried } = resolve(urls.slice(0, 4), '/jobs/x/');
  expect(tried.map(({ pattern, outcome }) => [pattern, outcome])).toEqual([
    ['/', 'the path goes on'],
    ['/jobs/', 'the path goes on'],
    ['/jobs/<int:pk>/', '<int:pk> does not follow'],
    ['/archive/<year:year>/', 'the path does not begin with "archive/"'],
  ]);
  expect(resolve(urls, '/archive/1066/').tried.at(3)?.outcome).toBe('<year:year> does not take "1066"');
});

test('the walk ends at the first that fits', () => {
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
  ['nobody', {}, undefined],
])('%s of %o is written as %s', (name, params, address) => {
  if (address === undefined) expect(() => reverse(urls, name, params)).toThrow(`"${name}"`);
  else expect(reverse(urls, name, params)).toBe(address);
});

test.each([
  ['jobs/<number:pk>/', 'There is no converter "number"'],
  ['jobs/<int pk>/', 'is wrong at <int pk>'],
])('a wrong pattern, %s, stops the start', (pattern, message) => {
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
