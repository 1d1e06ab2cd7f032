import { afterAll, beforeAll, expect, test } from 'vitest';
import { testConfig } from '../../tests/support/visitor/visitor.ts';
import { createVisitor } from './server.ts';

const visitor = createVisitor(testConfig());
let url: string;
beforeAll(async () => {
  url = `http://127.0.0.1:${await visitor.listen()}`;
});
afterAll(() => visitor.close());

const postVisit = (body: string) => fetch(`${url}/visits`, { method: 'POST', body });

test.each([
  ['a body that is not JSON', 'hello', 'The request body is not valid JSON in UTF-8'],
  ['a body that is not an object', '[]', 'the body takes an object'],
  ['no url', '{}', 'url is missing'],
  ['a url that is not a text', '{"url":5}', 'url takes an address, such as http://tatis.test/'],
  ['another protocol', '{"url":"ftp://tatis.test/"}', 'url takes an address, such as http://tatis.test/'],
  ['an unknown method', '{"url":"http://tatis.test/","method":"BREW"}', 'method takes GET, HEAD or POST'],
  ['an unknown connection', '{"url":"http://tatis.test/","connection":"old"}', 'connection takes new or kept'],
  ['a form that is not an object', '{"url":"http://tatis.test/","form":[]}', 'form takes an object'],
  ['a form field that is not a text', '{"url":"http://tatis.test/","form":{"a":1}}', 'form.a takes a text'],
  [
    'an unknown field',
    '{"url":"http://tatis.test/","speed":9}',
    'speed is unknown; expected url, method, form, connection, tls, page, cold, probe, browser or link',
  ],
])('POST /visits with %s is refused, and the message names what it takes', async (_, body, message) => {
  const response = await postVisit(body);
  expect(response.status).toBe(400);
  expect(((await response.json()) as { error: { message: string } }).error.message).toBe(message);
});

test('a body above 64 KiB is refused', async () => {
  const response = await postVisit(JSON.stringify({ url: `http://tatis.test/${'a'.repeat(70_000)}` }));
  expect(response.status).toBe(413);
});

test('a visit that fails is answered with 200 and its error', async () => {
  const response = await postVisit('{"url":"http://tatis.test/"}');
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    status: null,
    connection: 'unresolved',
    error: { code: 'lookup_timeout' },
  });
});

test('a scenario that sets a fault without a gateway ends, and the message says so', async () => {
  const response = await fetch(`${url}/scenarios/full`, { method: 'POST' });
  expect(await response.text()).toContain('The control port of gateway does not respond');
});

test.each([
  ['GET', '/visits', 405],
  ['POST', '/traces/0af7651916cd43dd8448eb211c80319c', 405],
  ['GET', '/nothing', 404],
  ['GET', '/traces/xyz', 400],
  ['GET', '/traces/0af7651916cd43dd8448eb211c80319c', 502],
  ['GET', '/sets/0af76519.json', 502],
  ['GET', '/healthz', 200],
  ['GET', '/', 200],
])('%s %s is answered with %i', async (method, path, status) => {
  expect((await fetch(url + path, { method })).status).toBe(status);
});

test.each([
  ['text/html', 'text/html; charset=utf-8', 'Page not found'],
  ['*/*', 'application/json', 'not_found'],
])('an unknown address requested with Accept: %s is 404 as %s', async (accept, type, words) => {
  const response = await fetch(`${url}/nothing`, { headers: { accept } });
  expect([response.status, response.headers.get('content-type')]).toEqual([404, type]);
  expect(await response.text()).toContain(words);
});
