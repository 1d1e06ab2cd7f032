import { expect, test } from 'vitest';
import { httpFacts, isDatabaseCall } from './conventions.ts';

test.each<[object, object]>([
  [
    { 'http.request.method': 'GET', 'url.full': 'https://a/b?c', 'http.response.status_code': 200 },
    { method: 'GET', url: 'https://a/b?c', status: 200 },
  ],
  [
    { 'url.path': '/x', 'url.query': 'a=1', 'url.scheme': 'https', 'server.address': 'tatis.test', 'server.port': 443 },
    { method: null, url: 'https://tatis.test/x?a=1', status: null },
  ],
  [{ 'url.path': '/x', 'server.address': '127.0.0.1', 'server.port': 8080 }, { url: 'http://127.0.0.1:8080/x' }],
  [{ 'url.path': '/x' }, { url: '/x' }],
  [
    {
      'http.method': 'POST',
      'http.target': '/jobs/?p=1',
      'http.host': 'h:8001',
      'net.host.port': 8001,
      'http.status_code': 404,
    },
    { method: 'POST', url: 'http://h:8001/jobs/?p=1', status: 404 },
  ],
  [
    { 'http.url': 'http://a/', 'http.response.status_code': '503' },
    { url: 'http://a/', status: 503 },
  ],
  [
    { 'http.request.method': 5, 'url.full': null, 'http.response.status_code': 'soon' },
    { method: null, url: null, status: null },
  ],
  [{}, { method: null, url: null, status: null }],
])('%j says %j', (attributes, facts) => {
  expect(httpFacts(attributes as Parameters<typeof httpFacts>[0])).toMatchObject(facts);
});

test('a database call by its new name and by its old one', () => {
  expect([{ 'db.system.name': 'sqlite' }, { 'db.system': 'sqlite' }, {}].map(isDatabaseCall)).toEqual([
    true,
    true,
    false,
  ]);
});
