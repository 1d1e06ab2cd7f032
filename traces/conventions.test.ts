import { expect, test } from 'vitest';
import { httpFacts, isDatabaseCall, peerOf, querySummary } from './conventions.ts';

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

test.each<[string, object, string]>([
  ['select', { 'db.statement': 'select a, b from job where id=%s' }, 'SELECT job'],
  ['SELECT', { 'db.query.text': 'SELECT "polls_choice"."id" FROM "public"."polls_choice"' }, 'SELECT polls_choice'],
  ['INSERT', { 'db.query.text': 'INSERT INTO `votes` VALUES (1)' }, 'INSERT votes'],
  ['UPDATE', { 'db.query.text': 'UPDATE [job] SET a = 1' }, 'UPDATE job'],
  ['CREATE', { 'db.query.text': 'CREATE TABLE IF NOT EXISTS job (id int)' }, 'CREATE job'],
  ['BEGIN', { 'db.query.text': 'BEGIN' }, 'BEGIN'],
  ['x', { 'db.query.summary': 'SELECT job', 'db.query.text': 'SELECT 1' }, 'SELECT job'],
  ['find', { 'db.operation.name': 'find', 'db.collection.name': 'jobs' }, 'find jobs'],
  ['GET', {}, 'GET'],
])('the query %s %j is %s', (name, attributes, summary) => {
  expect(querySummary({ name, attributes: attributes as Parameters<typeof peerOf>[0] })).toBe(summary);
});

test.each<[object, string | undefined]>([
  [{ 'server.address': 'pay.example' }, 'pay.example'],
  [{ 'net.peer.name': 'pay.example' }, 'pay.example'],
  [{ 'peer.service': 'payments', 'server.address': '10.0.0.1' }, 'payments'],
  [{ 'http.url': 'http://pay.example:81/x' }, 'pay.example'],
  [{ 'url.full': 'nonsense' }, undefined],
  [{}, undefined],
])('%j calls %s', (attributes, peer) => {
  expect(peerOf(attributes as Parameters<typeof peerOf>[0])).toBe(peer);
});
