import { afterAll, beforeAll, expect, test } from 'vitest';
import { createVisitor } from './server.ts';

const NOBODY = { host: '127.0.0.1', port: 9 };
const visitor = createVisitor({
  listening: { host: '127.0.0.1', port: 0, variable: 'WAYBILL_PAGE_PORT' },
  allowedHosts: [],
  resolver: NOBODY,
  resolverControl: NOBODY,
  gatewayControl: NOBODY,
  addresses: { locate: () => undefined },
  postOffice: undefined,
  jaegerUrl: 'http://127.0.0.1:9',
  lookupTimeout: 20,
  connectTimeout: 20,
  answerTimeout: 20,
});
let url: string;
beforeAll(async () => {
  url = `http://127.0.0.1:${await visitor.listen()}`;
});
afterAll(() => visitor.close());

const order = (body: string) => fetch(`${url}/visits`, { method: 'POST', body });

test.each([
  ['no JSON', 'hello', /^The body is not JSON: /],
  ['no object', '[]', /^the body takes an object, such as /],
  ['no address', '{}', /^url takes an address, such as http:\/\/tatis.test\/$/],
  ['another protocol', '{"url":"https://tatis.test/"}', /^url takes an address/],
  ['an unknown method', '{"url":"http://tatis.test/","method":"BREW"}', /^method takes GET, HEAD, POST$/],
  ['an unknown connection', '{"url":"http://tatis.test/","connection":"old"}', /^connection takes new, kept$/],
  ['a form that is none', '{"url":"http://tatis.test/","form":{"a":1}}', /^form takes an object of strings$/],
  ['an unknown field', '{"url":"http://tatis.test/","speed":9}', /^Unknown: speed\. A visit has method, url, /],
])('an order with %s is refused with what it takes', async (_, body, message) => {
  const response = await order(body);
  expect(response.status).toBe(400);
  expect(((await response.json()) as { error: { message: string } }).error.message).toMatch(message);
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
