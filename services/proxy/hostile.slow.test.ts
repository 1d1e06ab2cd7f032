// Requests that are meant to confuse: two readers of one stream of bytes must never disagree about where a request ends.
// Each gets the right status and a closed connection, and nothing of it reaches the gateway.

import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { sendRaw, startGateway, startProxy, type TestProxy, type TestServer } from '../../tests/support/proxy/proxy.ts';

let gateway: TestServer;
let proxy: TestProxy;
const arrived: string[] = [];
/** Answers to /slow/ that are held back until `release`. */
const held: (() => void)[] = [];
const release = () => held.splice(0).map((answer) => answer());
beforeAll(async () => {
  gateway = await startGateway((request, response) => {
    arrived.push(`${request.method} ${request.url}`);
    const answer = () => response.end('ok');
    if (request.url === '/slow/') held.push(answer);
    else request.resume().on('end', answer);
  });
  proxy = await startProxy(gateway.port, { WAYBILL_PROXY_HEADER_TIMEOUT: '300', WAYBILL_PROXY_REQUEST_TIMEOUT: '600' });
});
afterAll(async () => {
  await proxy.close();
  await gateway.close();
});
beforeEach(() => {
  arrived.length = 0;
});

const HOST = 'Host: tatis.test\r\n';
const get = (target: string, headers = HOST) => `GET ${target} HTTP/1.1\r\n${headers}\r\n`;
const post = (headers: string, body = '') => `POST / HTTP/1.1\r\n${HOST}${headers}\r\n\r\n${body}`;

test.each<[name: string, status: number, bytes: string]>([
  // where does the body end?
  ['CL.TE: both lengths, chunked second', 400, post('Content-Length: 4\r\nTransfer-Encoding: chunked', '0\r\n\r\n')],
  ['TE.CL: both lengths, chunked first', 400, post('Transfer-Encoding: chunked\r\nContent-Length: 4', '0\r\n\r\n')],
  ['TE.TE: chunked, then something else', 400, post('Transfer-Encoding: chunked\r\nTransfer-Encoding: x', '0\r\n\r\n')],
  ['chunked, misspelt', 501, post('Transfer-Encoding: xchunked', '0\r\n\r\n')],
  ['chunked twice', 400, post('Transfer-Encoding: chunked, chunked', '0\r\n\r\n')],
  ['chunked, not last', 400, post('Transfer-Encoding: chunked, gzip', '0\r\n\r\n')],
  ['a coding besides chunked', 501, post('Transfer-Encoding: gzip, chunked', '0\r\n\r\n')],
  ['a space before the colon', 400, post('Transfer-Encoding : chunked', '0\r\n\r\n')],
  ['chunked over HTTP/1.0', 400, `POST / HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['Content-Length doubled, different', 400, post('Content-Length: 1\r\nContent-Length: 2', 'ab')],
  ['Content-Length doubled, the same', 400, post('Content-Length: 1\r\nContent-Length: 1', 'a')],
  ['Content-Length as a list', 400, post('Content-Length: 1, 1', 'a')],
  ['Content-Length below zero', 400, post('Content-Length: -1', 'a')],
  ['Content-Length with a plus', 400, post('Content-Length: +1', 'a')],
  ['Content-Length beyond all bounds', 400, post('Content-Length: 99999999999999999999999', 'a')],
  ['Content-Length in hex', 400, post('Content-Length: 0x1', 'a')],
  // where does a header end?
  ['obs-fold', 400, get('/', `${HOST}X: b\r\n c\r\n`)],
  ['a first header that is folded', 400, get('/', ` X: y\r\n${HOST}`)],
  ['a bare LF after the request line', 400, `GET / HTTP/1.1\n${HOST}\r\n`],
  ['a bare LF after a header', 400, 'GET / HTTP/1.1\r\nHost: tatis.test\n\r\n'],
  ['a bare LF at the end', 400, `GET / HTTP/1.1\r\n${HOST}\n`],
  ['a bare CR in a header', 400, get('/', `${HOST}X: a\rb\r\n`)],
  ['NUL in a header', 400, get('/', `${HOST}X: a\0b\r\n`)],
  ['a space in the name of a header', 400, get('/', `${HOST}a b: c\r\n`)],
  ['a header without a name', 400, get('/', `${HOST}: c\r\n`)],
  // whose is it?
  ['no Host', 400, get('/', '')],
  ['Host doubled', 400, get('/', HOST + HOST)],
  ['Host empty', 400, get('/', 'Host: \r\n')],
  ['Host with a slash', 400, get('/', 'Host: a/b\r\n')],
  ['Host with a user', 400, get('/', 'Host: a@b\r\n')],
  // which address?
  ['NUL in the path', 400, get('/a\0b')],
  ['NUL in the path, encoded', 400, get('/a%00b')],
  ['a % that encodes nothing', 400, get('/a%zz')],
  ['a % at the end', 400, get('/a%')],
  ['bytes that are no UTF-8, encoded', 400, get('/%ff')],
  ['a path above the top', 400, get('/../etc/passwd')],
  ['a path above the top, encoded', 400, get('/static/%2e%2e/%2e%2e/etc/passwd')],
  ['a space in the path', 400, get('/a b')],
  ['bytes above ASCII in the path', 400, get('/caf\xc3\xa9')],
  ['a path that does not begin with a slash', 400, get('static')],
  ['a star', 400, `GET * HTTP/1.1\r\n${HOST}\r\n`],
  ['another protocol', 400, get('https://tatis.test/')],
  ['an address that is too long', 414, get(`/${'a'.repeat(9000)}`)],
  // what is this?
  ['no version', 400, 'GET /\r\n\r\n'],
  ['HTTP/2 in clear text', 505, `GET / HTTP/2.0\r\n${HOST}\r\n`],
  ['the preface of HTTP/2', 400, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a TLS handshake', 400, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['an unknown method', 501, `BREW / HTTP/1.1\r\n${HOST}\r\n`],
  ['a tunnel', 405, `CONNECT tatis.test:80 HTTP/1.1\r\n${HOST}\r\n`],
  // too much, too slow
  ['headers that are too large', 431, get('/', `${HOST}X: ${'a'.repeat(20_000)}\r\n`)],
  ['too many headers', 431, get('/', HOST + Array.from({ length: 3000 }, (_, i) => `a${i}: b\r\n`).join(''))],
  ['a body that is too large, as it says itself', 413, post('Content-Length: 2000000')],
  ['slow headers', 408, 'GET / HTTP/1.1\r\nHost: ta'],
])('%s: %i, and the connection is closed', async (_, status, bytes) => {
  const { text, isOpen } = await sendRaw(proxy.port, Buffer.from(bytes, 'latin1'));
  expect({ status: Number(text.slice(9, 12)), isOpen }).toEqual({ status, isOpen: false });
  expect(text.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
  expect(arrived).toEqual([]);
});

test.each<[name: string, status: number, bytes: string]>([
  ['a chunk whose size is not a number', 400, post('Transfer-Encoding: chunked', 'zz\r\n')],
  ['a chunk larger than any number', 400, post('Transfer-Encoding: chunked', 'FFFFFFFFFFFFFFFFF\r\n')],
  ['chunks that end in a bare LF', 400, post('Transfer-Encoding: chunked', '1\na\n0\n\n')],
  ['a chunk extension that is too large', 413, post('Transfer-Encoding: chunked', `1;${'x'.repeat(20_000)}\r\n`)],
  ['a slow body', 408, post('Content-Length: 10', 'abc')],
])('%s, in the body: %i, the connection is closed, and nothing is forwarded', async (_, status, bytes) => {
  const { text, isOpen } = await sendRaw(proxy.port, Buffer.from(bytes, 'latin1'));
  expect({ status: Number(text.slice(9, 12)), isOpen }).toEqual({ status, isOpen: false });
  expect(text.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
  expect(arrived).toEqual([]);
});

test('a chunked body that becomes too large is refused while it is received: 413', async () => {
  const chunk = `10000\r\n${'a'.repeat(0x10000)}\r\n`;
  const { text } = await sendRaw(proxy.port, post('Transfer-Encoding: chunked', chunk.repeat(20)));
  expect(text).toMatch(/^HTTP\/1\.1 413 /);
});

test.each(['GET', 'DELETE', 'OPTIONS', 'POST'])(
  'a chunked body of %s is not read as the next request',
  async (method) => {
    const body = `GET /smuggled HTTP/1.1\r\n${HOST}\r\n`;
    const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    const { text } = await sendRaw(
      proxy.port,
      `${method} /a HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n${chunked}`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(arrived).toEqual([`${method} /a`]);
  },
);

test('the body of a request for a static file is not read as the next request', async () => {
  const body = `GET /smuggled HTTP/1.1\r\n${HOST}\r\n`;
  await sendRaw(
    proxy.port,
    `GET /static/none HTTP/1.1\r\n${HOST}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
  expect(arrived).toEqual([]);
});

test('an absolute target replaces Host', async () => {
  const { text } = await sendRaw(proxy.port, get('http://tatis.test/x?y', 'Host: other\r\nConnection: close\r\n'));
  expect(text).toMatch(/^HTTP\/1\.1 200 /);
  expect(arrived).toEqual(['GET /x?y']);
});

test('an HTTP/1.0 client without Host gets the first site, without chunks', async () => {
  const { text } = await sendRaw(proxy.port, 'GET /x HTTP/1.0\r\n\r\n');
  expect(text).toMatch(/^HTTP\/1\.1 200 /);
  expect(text).toMatch(/\r\n\r\nok$/);
});

test.each([
  ['bytes that are no request', 400, 'no HTTP at all\r\n\r\n'],
  ['a request with two lengths', 400, post('Content-Length: 1\r\nContent-Length: 2', 'ab')],
  ['a tunnel', 405, `CONNECT tatis.test:80 HTTP/1.1\r\n${HOST}\r\n`],
  ['a request without Host', 400, get('/', '')],
])('requests in one packet before %s are answered first', async (_, status, bytes) => {
  const { text, isOpen } = await sendRaw(proxy.port, get('/favicon.ico') + get('/static/none') + bytes);
  const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d+) /gm)].map(([, code]) => Number(code));
  expect({ statuses, isOpen }).toEqual({ statuses: [204, 404, status], isOpen: false });
});

describe('a Connection header cannot remove headers that frame or route a message', () => {
  const smuggled = get('/smuggled');
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'];
  const spellings = [
    'Connection: content-length',
    'Connection: Content-Length , HOST',
    'Connection: close, content-length\r\nConnection: transfer-encoding',
    'CONNECTION: \tcontent-length',
    'Connection: "content-length"',
    'Connection: content-length;q=1, content-length',
    'Proxy-Connection: content-length\r\nKeep-Alive: content-length\r\nConnection: keep-alive, content-length',
  ];
  test.each(methods.flatMap((method) => spellings.map((connection) => [method, connection] as const)))(
    '%s with %j: its body is not read as a request',
    async (method, connection) => {
      const framed = `Content-Length: ${smuggled.length}\r\n`;
      await sendRaw(
        proxy.port,
        `${method} /a HTTP/1.1\r\n${HOST}${connection}\r\n${framed}\r\n${smuggled}${get('/last', `${HOST}Connection: close\r\n`)}`,
      );
      expect(arrived.filter((each) => each !== 'GET /last')).toEqual([`${method} /a`]);
    },
  );
});

test('the next client gets its own response', async () => {
  const smuggled = get('/smuggled');
  await sendRaw(
    proxy.port,
    `GET / HTTP/1.1\r\n${HOST}Connection: content-length\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
    /ok$/,
  );
  await (await fetch(`${proxy.url}/mine`)).text();
  expect(arrived).toEqual(['GET /', 'GET /mine']);
});

test('CONNECT behind a request in progress, then a reset: the proxy keeps running', async () => {
  const socket = connect(proxy.port, '127.0.0.1');
  socket.write(`${get('/slow/')}CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n`);
  await vi.waitUntil(() => arrived.length === 1);
  socket.resetAndDestroy();
  await once(socket, 'close');
  release();
  expect((await fetch(`${proxy.url}/after`)).status).toBe(200);
});

test('pipelined requests are handled one at a time, and answered in order', async () => {
  const socket = connect(proxy.port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.write(get('/slow/') + get('/2') + get('/3'));
  await vi.waitUntil(() => arrived.length === 1);
  await (await fetch(`${proxy.url}/other`)).text(); // another connection does not wait
  expect(arrived).toEqual(['GET /slow/', 'GET /other']);
  release();
  await vi.waitUntil(() => text.match(/HTTP\/1\.1 200/g)?.length === 3);
  expect(arrived).toEqual(['GET /slow/', 'GET /other', 'GET /2', 'GET /3']);
  socket.destroy();
});

test('of 30,000 requests on one connection one is handled at a time; other connections are served meanwhile', async () => {
  const socket = connect(proxy.port, '127.0.0.1').on('error', () => {});
  socket.write(get('/slow/').repeat(30_000));
  await vi.waitUntil(() => arrived.length === 1);
  await (await fetch(`${proxy.url}/other`)).text();
  expect(arrived).toEqual(['GET /slow/', 'GET /other']);
  socket.destroy();
  release();
});

test.each([
  ['too large', 413, post('Content-Length: 2000000\r\nExpect: 100-continue')],
  ['for a file', 405, `POST /static/none HTTP/1.1\r\n${HOST}Content-Length: 3\r\nExpect: 100-continue\r\n\r\n`],
  ['for no site', 400, 'POST / HTTP/1.1\r\nHost: a/b\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n'],
])('Expect: 100-continue for a body that is refused (%s): %i at once, not 100', async (_, status, bytes) => {
  const { text, isOpen } = await sendRaw(proxy.port, bytes);
  expect({ first: text.slice(0, 12), isOpen }).toEqual({ first: `HTTP/1.1 ${status}`, isOpen: false });
});

test('Expect: 100-continue for a body that is accepted: 100, then the response', async () => {
  const socket = connect(proxy.port, '127.0.0.1').setEncoding('latin1');
  socket.write(post('Content-Length: 3\r\nExpect: 100-continue\r\nConnection: close'));
  const [first] = await once(socket, 'data');
  expect(first).toBe('HTTP/1.1 100 Continue\r\n\r\n');
  socket.write('abc');
  const [second] = await once(socket, 'data');
  expect(second).toMatch(/^HTTP\/1\.1 200 /);
});

test('TRACE does not show what other hops have added: 405', async () => {
  const { text } = await sendRaw(proxy.port, `TRACE / HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
  expect(text).toMatch(/^HTTP\/1\.1 405 /);
  expect(arrived).toEqual([]);
});
