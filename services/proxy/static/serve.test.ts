// Static files, requested over HTTP.

import { mkdirSync, renameSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as names from '../../../otel/contract/names.ts';
import { recordSpans } from '../../../tests/support/otel.ts';
import { sendRaw, startProxy, type TestProxy } from '../../../tests/support/proxy/proxy.ts';

const spans = recordSpans();
let proxy: TestProxy;
const STYLE = 'body { color: rebeccapurple }\n'.repeat(20);
const write = (name: string, content: string | Buffer) => writeFileSync(join(proxy.folder, name), content);

beforeAll(async () => {
  proxy = await startProxy();
  for (const folder of ['docs', 'empty', '.git']) mkdirSync(join(proxy.folder, folder));
  write('style.css', STYLE);
  write('style.css.br', brotliCompressSync(STYLE));
  write('style.css.gz', gzipSync(STYLE));
  write('old.txt', 'new text');
  write('old.txt.gz', gzipSync('old text'));
  utimesSync(join(proxy.folder, 'old.txt.gz'), 1, 1);
  write('empty.txt', '');
  write('docs/index.html', '<p>docs');
  write('.env', 'SECRET=1');
  write('.git/config', 'secret');
  write('app.0123abcd.js', '1');
  write('with space.txt', 'space');
  write('large.bin', Buffer.alloc(3_000_000, 'abc'));
  symlinkSync('/etc/passwd', join(proxy.folder, 'passwd'));
  symlinkSync('/etc', join(proxy.folder, 'etc'));
  symlinkSync('style.css', join(proxy.folder, 'link.css'));
});
afterAll(() => proxy.close());

const read = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
  // fetch asks for gzip and br by itself: identity unless the test says otherwise
  const response = await fetch(`${proxy.url}/static/${path}`, {
    method,
    headers: { 'accept-encoding': 'identity', ...headers },
    redirect: 'manual',
  });
  return { status: response.status, headers: response.headers, body: await response.text() };
};
const lastFileSpan = () => spans.named('static file').at(-1)?.attributes ?? {};

test('a file has its type, length, validators and max-age', async () => {
  const { status, headers, body } = await read('style.css');
  expect({ status, body }).toEqual({ status: 200, body: STYLE });
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': 'text/css; charset=utf-8',
    'content-length': String(STYLE.length),
    'accept-ranges': 'bytes',
    'cache-control': 'max-age=60',
    etag: expect.stringMatching(/^"[\w-]+-[0-9a-f]+"$/),
    'last-modified': expect.stringMatching(/ GMT$/),
    traceresponse: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
  });
  expect(lastFileSpan()).toEqual({
    [names.ATTR_FILE_OUTCOME]: 'sent',
    [names.ATTR_FILE_PATH]: 'style.css',
    [names.ATTR_FILE_SIZE]: STYLE.length,
    [names.ATTR_FILE_ENCODING]: 'identity',
    [names.ATTR_FILE_SOURCE]: 'memory',
    [names.ATTR_FILE_CACHE_CONTROL]: 'max-age=60',
  });
});

test('a name with a hash of its content may be kept for a year', async () => {
  const { headers } = await read('app.0123abcd.js');
  expect(headers.get('cache-control')).toBe('max-age=31536000, immutable');
});

test('HEAD has the same headers and no body', async () => {
  const [get, head] = [await read('style.css'), await read('style.css', {}, 'HEAD')];
  const withoutTrace = ({ headers }: typeof get) =>
    [...headers].filter(
      ([name]) => !['traceresponse', 'server-timing', 'date', 'expires', 'connection', 'keep-alive'].includes(name),
    );
  expect(withoutTrace(head)).toEqual(withoutTrace(get));
  expect(head.body).toBe('');
});

test.each([
  ['br', 'br'],
  ['gzip', 'gzip'],
  ['gzip, br', 'br'],
  ['br;q=0, gzip', 'gzip'],
  ['gzip;q=0', null],
  ['zstd', null],
  ['*', 'br'],
])('Accept-Encoding "%s": %s', async (accepted, encoding) => {
  const { headers, body } = await read('style.css', { 'accept-encoding': accepted });
  expect([headers.get('content-encoding'), headers.get('vary')]).toEqual([encoding, 'Accept-Encoding']);
  expect(headers.get('content-type')).toBe('text/css; charset=utf-8');
  expect(body).toBe(STYLE); // fetch decodes
});

test('each variant has an ETag of its own', async () => {
  const tags = await Promise.all(
    ['identity', 'gzip', 'br'].map(async (each) =>
      (await read('style.css', { 'accept-encoding': each })).headers.get('etag'),
    ),
  );
  expect(new Set(tags).size).toBe(3);
});

test('a variant that is older than its file is ignored', async () => {
  const { body, headers } = await read('old.txt', { 'accept-encoding': 'gzip' });
  expect([body, headers.get('content-encoding')]).toEqual(['new text', null]);
});

test.each<[name: string, status: number, headers: (etag: string, changed: string) => Record<string, string>]>([
  ['If-None-Match, the same', 304, (etag) => ({ 'if-none-match': etag })],
  ['If-None-Match, weak', 304, (etag) => ({ 'if-none-match': `W/${etag}` })],
  ['If-None-Match, in a list', 304, (etag) => ({ 'if-none-match': `"a", ${etag}` })],
  ['If-None-Match *', 304, () => ({ 'if-none-match': '*' })],
  ['If-None-Match, another', 200, () => ({ 'if-none-match': '"a"' })],
  ['If-Modified-Since, the same second', 304, (_, changed) => ({ 'if-modified-since': changed })],
  ['If-Modified-Since, long ago', 200, () => ({ 'if-modified-since': new Date(0).toUTCString() })],
  ['If-Modified-Since, no date', 200, () => ({ 'if-modified-since': 'yesterday' })],
  [
    'another If-None-Match beats If-Modified-Since',
    200,
    (_, c) => ({ 'if-none-match': '"a"', 'if-modified-since': c }),
  ],
  ['If-Match, the same', 200, (etag) => ({ 'if-match': etag })],
  ['If-Match, weak', 412, (etag) => ({ 'if-match': `W/${etag}` })],
  ['If-Match, another', 412, () => ({ 'if-match': '"a"' })],
  ['If-Unmodified-Since, long ago', 412, () => ({ 'if-unmodified-since': new Date(0).toUTCString() })],
  ['If-Unmodified-Since, the same second', 200, (_, changed) => ({ 'if-unmodified-since': changed })],
])('%s: %i', async (_, status, conditions) => {
  const { headers } = await read('style.css');
  const again = await read('style.css', conditions(headers.get('etag') ?? '', headers.get('last-modified') ?? ''));
  expect(again.status).toBe(status);
  if (status === 304) expect([again.body, again.headers.get('etag')]).toEqual(['', headers.get('etag')]);
});

test.each<[range: string, status: number, contentRange: string | null]>([
  ['bytes=0-4', 206, 'bytes 0-4/600'],
  ['bytes=590-', 206, 'bytes 590-599/600'],
  ['bytes=-10', 206, 'bytes 590-599/600'],
  ['bytes=0-100000', 206, 'bytes 0-599/600'],
  ['bytes=-100000', 206, 'bytes 0-599/600'],
  ['bytes=600-', 416, 'bytes */600'],
  ['bytes=99999999999999999999999999-', 416, 'bytes */600'],
  ['bytes=-0', 416, 'bytes */600'],
  ['bytes=5-1', 416, 'bytes */600'],
  ['bytes=0-1,3-4', 200, null],
  ['bytes=a-b', 200, null],
  ['bytes=1', 200, null],
  ['lines=0-1', 200, null],
])('Range: %s: %i', async (range, status, contentRange) => {
  const { headers, body, ...answer } = await read('style.css', { range });
  expect([answer.status, headers.get('content-range')]).toEqual([status, contentRange]);
  const [, start, end] = /bytes (\d+)-(\d+)/.exec(contentRange ?? '') ?? [];
  if (status === 206) expect(body).toBe(STYLE.slice(Number(start), Number(end) + 1));
  if (status === 200) expect(body).toBe(STYLE);
});

test('If-Range: a part only of the version that the client has', async () => {
  const { headers } = await read('style.css');
  const status = async (condition: string) =>
    (await read('style.css', { range: 'bytes=0-4', 'if-range': condition })).status;
  const etag = headers.get('etag') ?? '';
  expect(await status(etag)).toBe(206);
  expect(await status(`W/${etag}`)).toBe(200);
  expect(await status('"a"')).toBe(200);
  expect(await status(headers.get('last-modified') ?? '')).toBe(206);
  expect(await status(new Date(0).toUTCString())).toBe(200);
});

test('a folder is redirected to a slash at its end, and has an index', async () => {
  const moved = await read('docs?x=1');
  expect([moved.status, moved.headers.get('location')]).toEqual([301, '/static/docs/?x=1']);
  expect((await read('docs/')).body).toBe('<p>docs');
  expect((await read('empty/')).status).toBe(404);
});

test('a redirect never leads to another host', async () => {
  const { text } = await sendRaw(
    proxy.port,
    'GET //elsewhere.example/../static/docs HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  );
  expect(text).toMatch(/^location: \/static\/docs\/\r$/m);
});

test.each([
  '.env',
  '.git/config',
  '%2eenv',
  'docs/../.env',
  'passwd',
  'etc/passwd',
  'none.css',
  'style.css/',
  'style.css/x',
])('%s is not served: 404', async (path) => {
  expect((await read(path)).status).toBe(404);
});

test.each([
  '../../etc/passwd',
  '..%2f..%2fetc/passwd',
  '%2e%2e/%2e%2e/etc/passwd',
  '..\\..\\etc\\passwd',
  '..%5c..%5cetc%5cpasswd',
])('no file outside of the folder is served: %s', async (path) => {
  const { text } = await sendRaw(proxy.port, `GET /static/${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
  expect(text).not.toContain('root:');
  expect(text).toMatch(/^HTTP\/1\.1 (400|404|502) /);
});

test('a link inside the folder is followed', async () => {
  expect((await read('link.css')).body).toBe(STYLE);
});

test('a name is decoded once', async () => {
  expect((await read('with%20space.txt')).body).toBe('space');
  expect((await read('with%2520space.txt')).status).toBe(404);
});

test('an empty file is sent whole', async () => {
  const { status, headers } = await read('empty.txt');
  expect([status, headers.get('content-length')]).toEqual([200, '0']);
  expect((await read('empty.txt', { range: 'bytes=0-0' })).status).toBe(200);
});

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s: 405 with Allow', async (method) => {
  const { status, headers } = await read('style.css', {}, method);
  expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

test('a changed file is sent with its new content and another ETag', async () => {
  write('news.txt', 'one');
  const first = await read('news.txt');
  write('news.new', 'two');
  renameSync(join(proxy.folder, 'news.new'), join(proxy.folder, 'news.txt'));
  const second = await read('news.txt');
  expect([first.body, second.body]).toEqual(['one', 'two']);
  expect(second.headers.get('etag')).not.toBe(first.headers.get('etag'));
});

test('a large file is streamed from disk, whole or in part', async () => {
  expect((await read('large.bin')).body).toHaveLength(3_000_000);
  expect(lastFileSpan()[names.ATTR_FILE_SOURCE]).toBe('disk');
  const part = await read('large.bin', { range: 'bytes=2999994-' });
  expect([part.status, part.body]).toEqual([206, 'abcabc']);
});

test('a large file that becomes shorter while it is sent: the connection is closed', async () => {
  write('shrinking.bin', Buffer.alloc(50_000_000));
  const response = await fetch(`${proxy.url}/static/shrinking.bin`);
  truncateSync(join(proxy.folder, 'shrinking.bin'), 10);
  await expect(response.arrayBuffer()).rejects.toThrow();
});
