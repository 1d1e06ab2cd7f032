// A malformed Host is answered with 400 (RFC 9112, 3.2): undici would fail on some, and its pool would dispatch no more.

import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPool } from '../../tests/support/gateway/gateway.ts';

let pool: Awaited<ReturnType<typeof startPool>>;
const hosts: (string | undefined)[] = [];

beforeAll(async () => {
  pool = await startPool([
    (request, response) => {
      hosts.push(request.headers.host);
      response.end();
    },
  ]);
});
afterAll(() => pool.close());

/** The status of the response to a request with this head; `Connection: close` is added. */
async function statusOf(...head: string[]): Promise<number> {
  const socket = connect(pool.port, '127.0.0.1');
  socket.write(Buffer.from([...head, 'Connection: close', '', ''].join('\r\n'), 'latin1'));
  return Number(/^HTTP\/1.1 (\d+) /.exec(await text(socket))?.[1]);
}

test.each(['[', '[::1', '[]', '', 'a b', '@', 'u:p@a', '%', 'a/b', ':80', 'a:b', '\xe9'])(
  'Host: %s is answered with 400, and the next request by the worker',
  async (host) => {
    expect(await statusOf('GET / HTTP/1.1', `Host: ${host}`)).toBe(400);
    expect(await statusOf('GET / HTTP/1.1', 'Host: tatis.test')).toBe(200);
  },
);

test.each<[what: string, ...head: string[]]>([
  ['no Host', 'GET / HTTP/1.1'],
  ['two Hosts', 'GET / HTTP/1.1', 'Host: a', 'host: a'],
  ['a malformed one in HTTP/1.0', 'GET / HTTP/1.0', 'Host: ['],
  ['a malformed one beside an absolute address', 'GET http://a/ HTTP/1.1', 'Host: ['],
  ['a malformed one in the address', 'GET http://[/ HTTP/1.1', 'Host: a'],
  ['user and password in the address', 'GET http://u:p@a/ HTTP/1.1', 'Host: a'],
  ['an address of another scheme', 'GET https://a/ HTTP/1.1', 'Host: a'],
])('%s is answered with 400', async (_, ...head) => {
  expect(await statusOf(...head)).toBe(400);
});

test.each<[host: string | undefined, ...head: string[]]>([
  ['tatis.test:99999', 'GET / HTTP/1.1', 'Host: tatis.test:99999'],
  ['[::1]:80', 'GET / HTTP/1.1', 'Host: [::1]:80'],
  ['b:1', 'GET http://b:1/x HTTP/1.1', 'Host: a'],
  [`127.0.0.1:`, 'GET / HTTP/1.0'],
])('the worker gets Host: %s', async (host, ...head) => {
  hosts.length = 0;
  expect(await statusOf(...head)).toBe(200);
  expect(hosts).toEqual([host?.endsWith(':') ? expect.stringContaining(host) : host]);
});

test.each([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PATCH',
  'QUERY',
  'PROPFIND',
  'M-SEARCH',
  'PURGE',
])('%s with a body or without is answered, and keeps no worker busy', async (method) => {
  for (const length of ['0', '']) {
    const fields = length ? ['Content-Length: 0'] : [];
    expect(await statusOf(`${method} / HTTP/1.1`, 'Host: a', ...fields)).toBeLessThan(500);
  }
  expect(await pool.states()).not.toContain('busy');
});
