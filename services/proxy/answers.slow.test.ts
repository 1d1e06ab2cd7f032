// What every response has: HSTS in a server block for HTTPS only (nginx: add_header … always), Allow with 405.

import { readFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../runtime/net/listen.ts';
import { HOME, startProxy, startRawGateway, type TestProxy, type TestServer } from '../../tests/support/proxy/proxy.ts';

const HOST = 'sealed.tatis.test';
const HSTS = 'strict-transport-security: max-age=300';

let gateway: TestServer;
let proxy: TestProxy;
let lone: TestProxy;
beforeAll(async () => {
  gateway = await startRawGateway(() => {}); // which never answers
  const bounds = {
    WAYBILL_PROXY_BODY_BYTES: '10',
    WAYBILL_PROXY_TARGET_BYTES: '100',
    WAYBILL_PROXY_HEADER_BYTES: '1000',
    WAYBILL_PROXY_HEADER_TIMEOUT: '300',
    WAYBILL_PROXY_UPSTREAM_TIMEOUT: '100',
  };
  proxy = await startProxy(gateway.port, bounds);
  lone = await startProxy(await freePort());
});
afterAll(() => Promise.all([proxy.close(), lone.close(), gateway.close()]));

/** The head of the response to `lines` that come by TLS for `servername`. */
async function answerTo(lines: string, servername = HOST, { tlsPort } = proxy): Promise<string> {
  const ca = readFileSync(join(HOME, 'tls/ca.pem'));
  const socket = connect({ host: '127.0.0.1', port: tlsPort, servername, ca });
  socket.write(lines);
  return (await text(socket)).split('\r\n\r\n')[0]?.toLowerCase() ?? '';
}

const request = (line: string, headers = '', host = HOST) =>
  `${line} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${headers}\r\n`;

const ANSWERS: [status: number, what: string, lines: string][] = [
  [200, 'a health check', request('GET /healthz')],
  [204, 'a return', request('GET /favicon.ico')],
  [404, 'a file', request('GET /static/none')],
  [400, 'no HTTP', 'hello\r\n\r\n'],
  [400, 'no Host', 'GET / HTTP/1.1\r\n\r\n'],
  [400, 'two Hosts', request('GET /', `Host: ${HOST}\r\n`)],
  [400, 'a malformed Host', request('GET /', '', 'a b')],
  [400, 'a malformed path', request('GET /%zz')],
  [400, 'no Host, HTTP/1.0', 'GET /%zz HTTP/1.0\r\n\r\n'],
  [405, 'TRACE', request('TRACE /')],
  [405, 'CONNECT', `CONNECT a:1 HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`],
  [405, 'POST to a file', request('POST /static/a.txt', 'Content-Length: 0\r\n')],
  [408, 'headers that do not come', `GET / HTTP/1.1\r\nHost: ${HOST}\r\n`],
  [405, 'POST of a health check', request('POST /healthz')],
  [501, 'a method that is not known', request('FOO /')],
  [400, 'a method in lower case', request('get /')],
  [413, 'a body that is too large', request('POST /', 'Content-Length: 11\r\n')],
  [413, 'chunks that are too large', `${request('POST /', 'Transfer-Encoding: chunked\r\n')}b\r\n01234567890\r\n`],
  [414, 'a long path', request(`GET /${'a'.repeat(100)}`)],
  [431, 'large headers', request('GET /', `X: ${'a'.repeat(1000)}\r\n`)],
  [501, 'another coding', request('POST /', 'Transfer-Encoding: gzip, chunked\r\n')],
  [504, 'a gateway that does not answer', request('GET /')],
];

test.each(ANSWERS)('%i of a server block for HTTPS only has HSTS: %s', async (status, _, lines) => {
  const answer = await answerTo(lines);
  expect(answer).toMatch(new RegExp(`^http/1.1 ${status} `));
  expect(answer.split('\r\n')).toContain(HSTS);
});

test('502 has HSTS as well', async () => {
  const answer = await answerTo(request('GET /'), HOST, lone);
  expect(answer).toMatch(/^http\/1.1 502 /);
  expect(answer.split('\r\n')).toContain(HSTS);
});

test.each(ANSWERS)('%i of another server block has none: %s', async (_, __, lines) => {
  expect(await answerTo(lines.replaceAll(HOST, 'tatis.test'), 'tatis.test')).not.toContain('strict-transport');
});

test('no response over plain HTTP has HSTS (RFC 6797, 7.2)', async () => {
  for (const [, , lines] of ANSWERS) {
    const socket = connectTcp(proxy.port, '127.0.0.1');
    socket.write(lines);
    expect((await text(socket)).toLowerCase()).not.toContain('strict-transport');
  }
});

test('the Host of a request selects the server block; without one, the server name', async () => {
  expect(await answerTo(request('GET /healthz'), 'tatis.test')).toContain(HSTS);
  expect(await answerTo(request('GET /healthz', '', 'tatis.test'))).not.toContain('strict-transport');
  expect(await answerTo('GET /healthz HTTP/1.0\r\n\r\n')).toContain(HSTS);
});

test.each([
  ['FOO /', 501], // RFC 9110, 15.6.2; nginx forwards it
  ['FOO /static/a.txt', 501],
  ['BREW-COFFEE /favicon.ico', 501],
  ['FOO /healthz', 501],
  ['Foo /', 400], // as with nginx: methods are in upper case
  ['FOO', 400],
  ['PRI *', 400],
  ['GET *', 400],
  ['OPTIONS *', 204],
])('%s is answered %i, over TCP and TLS', async (line, status) => {
  const socket = connectTcp(proxy.port, '127.0.0.1');
  socket.write(request(line));
  const first = new RegExp(`^http/1.1 ${status} `);
  expect((await text(socket)).toLowerCase()).toMatch(first);
  expect(await answerTo(request(line))).toMatch(first);
});

test('OPTIONS * has Allow of the server as a whole (RFC 9110, 9.3.7), and needs a Host', async () => {
  expect(await answerTo(request('OPTIONS *'))).toContain('allow: get, head, post, put, patch, delete, options');
  expect(await answerTo('OPTIONS * HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/^http\/1.1 400 /);
});

test('an unknown method behind another request is answered after it', async () => {
  const socket = connectTcp(proxy.port, '127.0.0.1');
  socket.write(`GET /healthz HTTP/1.1\r\nHost: ${HOST}\r\n\r\n${request('FOO /')}`);
  expect((await text(socket)).match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 501']);
});

describe('405 has Allow (RFC 9110, 15.5.6)', () => {
  const ALL = 'allow: get, head, post, put, patch, delete, options';
  test.each([
    ['TRACE of a page', request('TRACE /'), ALL],
    ['TRACE of a file', request('TRACE /static/a.txt'), 'allow: get, head'],
    ['TRACE of a return', request('TRACE /favicon.ico'), ALL],
    ...['TRACE', 'OPTIONS', 'POST', 'DELETE', 'PROPFIND'].map((method) => [
      `${method} of a health check`,
      request(`${method} /healthz`),
      'allow: get, head',
    ]),
    ['CONNECT', `CONNECT a:1 HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`, ALL],
    ...['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'].map((method) => [
      `${method} of a file`,
      request(`${method} /static/a.txt`, 'Content-Length: 0\r\n'),
      'allow: get, head',
    ]),
  ])('%s', async (_, lines = '', allow = '') => {
    const answer = await answerTo(lines);
    expect(answer).toMatch(/^http\/1.1 405 /);
    expect(answer.split('\r\n')).toContain(allow);
  });
});
