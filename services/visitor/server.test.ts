import { afterAll, beforeAll, expect, test } from 'vitest';
import { createVisitor } from './server.ts';
import { testConfig } from './testing.ts';

const visitor = createVisitor(testConfig());
let url: string;
beforeAll(async () => {
  url = `http://127.0.0.1:${await visitor.listen()}`;
});
afterAll(() => visitor.close());

const order = (body: string) => fetch(`${url}/visits`, { method: 'POST', body });

test.each([
  ['no JSON', 'hello', 'The body is not JSON in UTF-8'],
  ['no object', '[]', 'the body takes an object'],
  ['no address', '{}', 'url is missing'],
  ['no text as address', '{"url":5}', 'url takes an address, such as http://tatis.test/'],
  ['another protocol', '{"url":"ftp://tatis.test/"}', 'url takes an address, such as http://tatis.test/'],
  ['an unknown method', '{"url":"http://tatis.test/","method":"BREW"}', 'method takes GET, HEAD or POST'],
  ['an unknown connection', '{"url":"http://tatis.test/","connection":"old"}', 'connection takes new or kept'],
  ['a form that is none', '{"url":"http://tatis.test/","form":[]}', 'form takes an object'],
  ['a field that is no text', '{"url":"http://tatis.test/","form":{"a":1}}', 'form.a takes a text'],
  [
    'an unknown field',
    '{"url":"http://tatis.test/","speed":9}',
    'speed is unknown; there is url, method, form, connection, tls, cold, browser or link',
  ],
])('an order with %s is refused with what it takes', async (_, body, message) => {
  const response = await order(body);
  expect(response.status).toBe(400);
  expect(((await response.json()) as { error: { message: string } }).error.message).toBe(message);
});

test('an order above 64 KiB is refused', async () => {
  const response = await order(JSON.stringify({ url: `http://tatis.test/${'a'.repeat(70_000)}` }));
  expect(response.status).toBe(413);
});

test('a visit that gets no answer says why, in a whole answer', async () => {
  const response = await order('{"url":"http://tatis.test/"}');
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    status: null,
    connection: 'unresolved',
    error: { code: 'lookup_timeout' },
  });
});

test('a cold visit without a phonebook is refused with the port that does not answer', async () => {
  const response = await order('{"url":"http://tatis.test/","cold":true}');
  expect(response.status).toBe(503);
  expect(await response.text()).toContain('127.0.0.1:9');
});

test.each([
  ['GET', '/visits', 405],
  ['POST', '/traces/0af7651916cd43dd8448eb211c80319c', 405],
  ['GET', '/nothing', 404],
  ['GET', '/traces/xyz', 400],
  ['GET', '/traces/0af7651916cd43dd8448eb211c80319c', 502],
  ['GET', '/healthz', 200],
  ['GET', '/', 200],
])('%s %s is answered with %i', async (method, path, status) => {
  expect((await fetch(url + path, { method })).status).toBe(status);
});

test.each([
  ['text/html', 'text/html; charset=utf-8', 'Nothing is here'],
  ['*/*', 'application/json', 'not_found'],
])('an address that there is not, asked for as %s, is 404 in %s', async (accept, type, words) => {
  const response = await fetch(`${url}/nothing`, { headers: { accept } });
  expect([response.status, response.headers.get('content-type')]).toEqual([404, type]);
  expect(await response.text()).toContain(words);
});
