import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { recordSpans } from '../../../tests/support/otel.ts';
import { Browser } from '../browser.ts';
import type { VisitorConfig } from '../config.ts';
import { loadPage } from './load.ts';

const recorded = recordSpans();
afterEach(() => recorded.clear());

type Answer = string | ((response: ServerResponse) => void);
const HOST = '203.0.113.10';
const TYPES: Record<string, string> = { css: 'text/css', js: 'text/javascript', png: 'image/png' };

/** Loads http://203.0.113.10/ from a server with these files; a text is sent with the type of its name. */
async function load(files: Record<string, Answer>, browser = new Browser()) {
  const requested: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requested.push(path);
    const answer = files[path];
    if (typeof answer === 'function') return answer(response);
    const type = TYPES[path.split('.').at(-1) ?? ''] ?? 'text/html';
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': type, 'cache-control': 'max-age=60' });
    response.end(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    browser.close();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const addresses = { has: (host: string) => host === HOST, locate: () => ({ host: '127.0.0.1', port }) };
  const config = { addresses, connectTimeout: 60_000, answerTimeout: 60_000 } as unknown as VisitorConfig;
  const result = await loadPage({ method: 'GET', url: new URL(`http://${HOST}/`), connection: 'new' }, browser, config);
  const spans = recorded.all();
  const page = spans.find(({ name }) => name === 'page load')?.attributes ?? expect.fail();
  const visits = spans.filter(({ name }) => name === 'visit').map(({ attributes }) => attributes);
  return { result, requested, page, visits, left: (page['waybill.page.not_fetched'] ?? []) as string[] };
}

const images = (count: number) => Array.from({ length: count }, (_, at) => `<img src="/${at}.png">`).join('');

test('a page, its style sheet and what that imports are fetched, each once', async () => {
  const { requested, visits } = await load({
    '/': '<link rel=stylesheet href=/a.css><img src=/1.png><img src=/1.png#again>',
    '/a.css': '@import "b.css"; a { background: url(2.png) }',
    '/b.css': '',
    '/1.png': 'x',
    '/2.png': 'x',
  });
  expect(requested.toSorted()).toEqual(['/', '/1.png', '/2.png', '/a.css', '/b.css']);
  expect(new Set(visits.map((each) => each['waybill.resource.initiator']))).toEqual(
    new Set([undefined, `http://${HOST}/`, `http://${HOST}/a.css`]),
  );
});

test('at most six connections are open at once, and each is used again', async () => {
  const open = new Set<object>();
  const files = Object.fromEntries(
    Array.from({ length: 30 }, (_, at): [string, Answer] => [
      `/${at}.png`,
      (response) => {
        open.add(response.socket as object);
        response.end('x');
      },
    ]),
  );
  const { visits } = await load({ '/': images(30), ...files });
  expect(open.size).toBeLessThanOrEqual(6);
  expect(visits.filter((each) => each['waybill.connection'] === 'new')).toHaveLength(6);
  expect(Math.max(...visits.map((each) => Number(each['waybill.connection.number'])))).toBe(6);
});

test('the second load takes what is fresh from the cache, and tells what that saved', async () => {
  const browser = new Browser();
  const files = { '/': '<img src=/1.png>', '/1.png': 'abc' };
  await load(files, browser);
  recorded.clear();
  const { requested, page, visits } = await load(files, browser);
  expect(requested).toEqual([]);
  expect(page).toMatchObject({ 'waybill.page.requests': 0, 'waybill.page.saved_bytes': 19, 'waybill.page.bytes': 0 });
  expect(visits.map((each) => each['waybill.cache'])).toEqual(['fresh', 'fresh']);
});

test('of a page that names 10,000 resources 100 are fetched, with the document, and the others are counted', async () => {
  const { requested, page, left } = await load({ '/': images(10_000) });
  expect(requested).toHaveLength(100);
  expect(page['waybill.page.not_fetched.count']).toBe(9901);
  expect(left).toHaveLength(20);
  expect(left[0]).toBe('more than 100 resources: /99.png');
});

test.each<[what: string, html: string, left: string[]]>([
  ['itself', '<img src="/"><img src="#part"><link rel=stylesheet href="">', []],
  [
    'another host',
    '<script src="https://example.com/a.js"></script>',
    ['a host outside of the lab: https://example.com/a.js'],
  ],
  ['data:', '<img src="data:image/png;base64,AA">', ['in the page itself (data:): data:image/png;base64,AA']],
  ['blob:', '<img src="blob:http://x/1">', ['not over HTTP (blob:): blob:http://x/1']],
  ['what is not an address', '<img src="http://[">', ['not an address: http://[']],
])('a page that names %s: nothing is fetched', async (_, html, expected) => {
  const { requested, left } = await load({ '/': html });
  expect({ requested, left }).toEqual({ requested: ['/'], left: expected });
});

test('style sheets that import each other are fetched once each, two levels deep', async () => {
  const { requested, left } = await load({
    '/': '<link rel=stylesheet href=/a.css>',
    '/a.css': '@import "/b.css"; @import "/a.css";',
    '/b.css': '@import "/a.css"; @import "/c.css";',
  });
  expect(requested).toEqual(['/', '/a.css', '/b.css']);
  expect(left).toEqual(['named by a file that a file named (at most 2 levels): /c.css']);
});

test.each<[what: string, answer: Answer, code: string]>([
  [
    'has more bytes than it may',
    (response) => {
      response.writeHead(200, { 'content-type': 'image/png' });
      response.on('error', () => {});
      const write = () => {
        while (response.writable && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', write);
      write();
    },
    'response_too_large',
  ],
  [
    'is cut off',
    (response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('x', () => response.destroy());
    },
    'ECONNRESET',
  ],
  [
    'is not what its coding says',
    (response) => response.writeHead(200, { 'content-encoding': 'br' }).end('not brotli'),
    'invalid_encoding',
  ],
])('a resource that %s fails alone', async (_, answer, code) => {
  const { result, visits } = await load({ '/': '<img src=/1.png><img src=/2.png>', '/1.png': answer, '/2.png': 'x' });
  expect(result.response?.status).toBe(200);
  expect(visits.map((each) => each['error.type']).filter(Boolean)).toEqual([code]);
});

test.each<[what: string, files: Record<string, Answer>, note: string]>([
  ['404', {}, 'not used: status 404'],
  [
    'another type',
    { '/a.css': (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('@import "b.css"') },
    'not used as style: its type is text/html',
  ],
  [
    'a redirect',
    { '/a.css': (response) => response.writeHead(302, { location: '/b.css' }).end() },
    'a redirect, which is not followed',
  ],
])('a style sheet that is answered with %s is not used', async (_, files, note) => {
  const { requested, visits } = await load({ '/': '<link rel=stylesheet href=/a.css>', ...files });
  expect(requested).toEqual(['/', '/a.css']);
  expect(visits.map((each) => each['waybill.resource.note']).filter(Boolean)).toEqual([note]);
});

test('a compressed document names what it names, and its bytes are counted as sent', async () => {
  const body = gzipSync('<img src=/1.png>');
  const { requested, page } = await load({
    '/': (response) => response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' }).end(body),
    '/1.png': 'abc',
  });
  expect(requested).toEqual(['/', '/1.png']);
  expect(page['waybill.page.bytes']).toBe(body.length + 3);
});
