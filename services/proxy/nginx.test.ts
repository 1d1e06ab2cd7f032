// The same files and rules in nginx and the proxy: status, headers and body must be equal, except for the
// differences listed here. Skipped where there is no nginx (Debian: apt-get install nginx).

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { freePort } from '../../runtime/net/listen.ts';
import { startGateway, startProxy, type TestProxy, type TestServer } from '../../tests/support/proxy/proxy.ts';

const NGINX = '/usr/sbin/nginx';

/** Headers that differ, and why that is right. */
const DIFFERENT = new Set([
  'server', // nginx sends its name and version
  'date',
  'traceresponse', // the proxy sends the trace of a response
  'server-timing', // as above
  'keep-alive', // Node sends how long it keeps an idle connection
  'etag', // of the content, where nginx takes time and size (both have one, or neither)
  'expires', // both a minute from now, which may differ by a second
  'allow', // RFC 9110, 15.5.6 requires it with 405; nginx leaves it out
]);
/** Error pages and redirects have a text of their own. */
const OWN_PAGE = new Set(['content-length', 'content-type']);
/** nginx lets caches keep a 416 as long as the file. */
const OWN_ERROR = new Set([...OWN_PAGE, 'cache-control']);

let gateway: TestServer;
let proxy: TestProxy;
let nginx: { port: number; process: ChildProcess };

describe.skipIf(!existsSync(NGINX))(`beside nginx (${NGINX}${existsSync(NGINX) ? '' : ' is not installed'})`, () => {
  beforeAll(async () => {
    gateway = await startGateway((request, response) => {
      const { 'x-forwarded-for': client, 'x-forwarded-proto': proto, host, connection, te } = request.headers;
      const status = Number(request.url?.slice(-3)) || 200;
      response.writeHead(status, { 'content-type': 'application/json', 'x-app': '1', 'set-cookie': ['a=1', 'b=2'] });
      response.end(JSON.stringify({ url: request.url, client, proto, host, te, isClosing: connection === 'close' }));
    });
    proxy = await startProxy(gateway.port);
    makeFiles(proxy.folder);
    nginx = await startNginx(proxy.folder, gateway.port);
  });
  afterAll(async () => {
    nginx.process.kill('SIGQUIT');
    await once(nginx.process, 'exit');
    await proxy.close();
    await gateway.close();
  });

  test.each<[what: string, path: string, headers?: Record<string, string>, method?: string]>([
    ['a file', '/static/style.css'],
    ['HEAD of a file', '/static/style.css', {}, 'HEAD'],
    ['a picture', '/static/picture.svg'],
    ['a file without a known type', '/static/data.unknown'],
    ['an empty file', '/static/empty.txt'],
    ['a large file', '/static/large.bin'],
    ['a name with a hash', '/static/app.0123abcd.css'],
    ['a name with a space', '/static/with%20space.txt'],
    ['a path with dots and doubled slashes', '/static/./docs//../style.css'],
    ['an encoded slash', '/static%2Fstyle.css'],
    ['a query', '/static/style.css?v=1'],
    ['the index of a folder', '/static/docs/'],
    ['a folder without its slash', '/static/docs?x=1'],
    ['nothing there', '/static/none.css'],
    ['a file as if it were a folder', '/static/style.css/'],
    ['a hidden file', '/static/.env'],
    ['POST to a file', '/static/style.css', {}, 'POST'],
    ['If-None-Match of another version', '/static/style.css', { 'if-none-match': '"another"' }],
    ['If-None-Match *', '/static/style.css', { 'if-none-match': '*' }],
    ['If-Modified-Since, the same', '/static/style.css', { 'if-modified-since': CHANGED }],
    ['If-Modified-Since, after', '/static/style.css', { 'if-modified-since': 'Thu, 01 Jan 2099 00:00:00 GMT' }],
    ['If-Modified-Since, as asctime', '/static/style.css', { 'if-modified-since': 'Sat Nov 21 08:00:00 2026' }],
    ['If-Modified-Since, as RFC 850', '/static/style.css', { 'if-modified-since': 'Saturday, 21-Nov-26 08:00:00 GMT' }],
    ['If-Modified-Since, in ISO 8601', '/static/style.css', { 'if-modified-since': '2026-11-21T08:00:00Z' }],
    ['If-Modified-Since, a number', '/static/style.css', { 'if-modified-since': '0' }],
    ['If-Unmodified-Since, the same', '/static/style.css', { 'if-unmodified-since': CHANGED }],
    ['If-Unmodified-Since, after', '/static/picture.svg', { 'if-unmodified-since': 'Thu, 01 Jan 2099 00:00:00 GMT' }],
    ['If-None-Match, two tags without a comma', '/static/style.css', { 'if-none-match': '"a""b"' }],
    ['If-None-Match, a small w', '/static/style.css', { 'if-none-match': 'w/"x"' }],
    ['If-None-Match, any', '/static/style.css', { 'if-none-match': '*' }],
    ['If-Match, any', '/static/style.css', { 'if-match': '*' }],
    ['If-Range, the date', '/static/style.css', { range: 'bytes=0-9', 'if-range': CHANGED }],
    ['If-Range, another date', '/static/style.css', { range: 'bytes=0-9', 'if-range': new Date(0).toUTCString() }],
    [
      'If-Range, a later date',
      '/static/style.css',
      { range: 'bytes=0-9', 'if-range': 'Thu, 01 Jan 2099 00:00:00 GMT' },
    ],
    ['If-Range, another tag', '/static/style.css', { range: 'bytes=0-9', 'if-range': '"x"' }],
    ['a part of an empty file', '/static/empty.txt', { range: 'bytes=0-' }],
    ['a part of an empty file, from its end', '/static/empty.txt', { range: 'bytes=-5' }],
    ['two parts', '/static/style.css', { range: 'bytes=0-1,4-5' }],
    ['a part that ends before it begins', '/static/style.css', { range: 'bytes=9-2' }],
    ['the last 0 bytes', '/static/style.css', { range: 'bytes=-0' }],
    ['more than there is, from the end', '/static/style.css', { range: 'bytes=-99999999' }],
    ['beyond any number', '/static/style.css', { range: 'bytes=99999999999999999999999-' }],
    ['If-Modified-Since, before', '/static/style.css', { 'if-modified-since': new Date(0).toUTCString() }],
    ['If-Match of another version', '/static/style.css', { 'if-match': '"another"' }],
    ['If-Unmodified-Since, before', '/static/style.css', { 'if-unmodified-since': new Date(0).toUTCString() }],
    ['the first bytes', '/static/style.css', { range: 'bytes=0-9' }],
    ['from the middle on', '/static/style.css', { range: 'bytes=100-' }],
    ['the last bytes', '/static/style.css', { range: 'bytes=-10' }],
    ['more of the last bytes than there are', '/static/style.css', { range: 'bytes=-100000' }],
    ['a part behind the end', '/static/style.css', { range: 'bytes=100000-' }],
    ['several parts', '/static/style.css', { range: 'bytes=0-1,4-5' }],
    ['a part turned round', '/static/style.css', { range: 'bytes=9-5' }],
    ['a part of a large file', '/static/large.bin', { range: 'bytes=2999990-' }],
    ['If-Range, the same time', '/static/style.css', { range: 'bytes=0-9', 'if-range': CHANGED }],
    ['If-Range, another version', '/static/style.css', { range: 'bytes=0-9', 'if-range': '"another"' }],
    ['gzip', '/static/style.css', { 'accept-encoding': 'gzip' }],
    ['gzip refused', '/static/style.css', { 'accept-encoding': 'gzip;q=0' }],
    ['gzip where there is none', '/static/picture.svg', { 'accept-encoding': 'gzip' }],
    ['a part of gzip', '/static/style.css', { 'accept-encoding': 'gzip', range: 'bytes=0-9' }],
    ['a rule that answers itself', '/favicon.ico'],
    ['a path above the top', '/static/../../x'],
    ['a bad %', '/static/%zz'],
    ['NUL', '/static/%00'],
    ['what is dynamic', '/jobs/1/?a=b'],
    ['HEAD of what is dynamic', '/jobs/1/', {}, 'HEAD'],
    ['POST of what is dynamic', '/jobs/1/', {}, 'POST'],
    ['dynamic, not found', '/404'],
    ['dynamic, failed', '/500'],
    ['dynamic, nothing to say', '/204'],
    ['dynamic, from a client that closes', '/x', { connection: 'close', te: 'trailers' }],
  ])('%s', async (_, path, headers = {}, method = 'GET') => {
    const [theirs, ours] = await Promise.all([
      ask(nginx.port, path, headers, method),
      ask(proxy.port, path, headers, method),
    ]);
    expect(ours).toEqual(theirs);
  });

  test.each<[what: string, why: string, range: string, theirs: number, ours: number]>([
    ['a part that is none', 'RFC 9110, 14.2: what can not be read is ignored', 'bytes=a-b', 416, 200],
  ])('%s has another status (%s)', async (_, __, range, theirs, ours) => {
    const answers = [nginx, proxy].map(({ port }) => ask(port, '/static/style.css', { range }, 'GET'));
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([theirs, ours]);
  });

  test('a file whose ETag the client has: 304 from both', async () => {
    for (const { port } of [nginx, proxy]) {
      const first = await send(port, '/static/style.css', {}, 'GET');
      const again = await send(port, '/static/style.css', { 'if-none-match': first.headers.etag ?? '' }, 'GET');
      expect([first.status, again.status, again.headers.etag]).toEqual([200, 304, first.headers.etag]);
    }
  });
});

const CHANGED = 'Sat, 21 Nov 2026 08:00:00 GMT';

function makeFiles(folder: string): void {
  const style = 'body { color: rebeccapurple }\n'.repeat(20);
  mkdirSync(join(folder, 'docs'));
  const files: Record<string, string | Buffer> = {
    'style.css': style,
    'style.css.gz': gzipSync(style),
    'picture.svg': '<svg/>',
    'data.unknown': 'data',
    'empty.txt': '',
    'large.bin': Buffer.alloc(3_000_000, 'abc'),
    'app.0123abcd.css': 'a {}',
    'with space.txt': 'space',
    'docs/index.html': '<p>docs',
    '.env': 'SECRET=1',
  };
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content);
    utimesSync(join(folder, name), Date.parse(CHANGED) / 1000, Date.parse(CHANGED) / 1000);
  }
  symlinkSync('/etc/passwd', join(folder, 'passwd'));
}

/** Starts nginx with locations.ts in its own words. */
async function startNginx(folder: string, gatewayPort: number): Promise<{ port: number; process: ChildProcess }> {
  const home = mkdtempSync(join(tmpdir(), 'waybill-nginx-'));
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${home}/${name};`,
  );
  const expires = 'gzip_static on; gzip_vary on; max_ranges 1; disable_symlinks on from=$document_root;';
  const config = `
    daemon off; master_process off; pid ${home}/pid; error_log ${home}/error.log;
    events {}
    http {
      include /etc/nginx/mime.types; default_type application/octet-stream; access_log off; ${temporary.join(' ')}
      charset utf-8; charset_types text/css text/plain;
      upstream gateway { server 127.0.0.1:${gatewayPort}; keepalive 8; }
      server {
        listen 127.0.0.1:${port};
        absolute_redirect off;
        location = /favicon.ico { return 204; }
        location ~ "^/static/(.+[.-][0-9a-f]{8,}\\.\\w+)$" { alias ${folder}/$1; ${expires} add_header Cache-Control "max-age=31536000, immutable"; }
        location ~ /\\. { return 404; }
        location /static/ { alias ${folder}/; index index.html; ${expires} expires 60; }
        location / {
          proxy_pass http://gateway; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header TE "";
          proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme;
        }
      }
    }`;
  writeFileSync(join(home, 'nginx.conf'), config);
  const child = spawn(NGINX, ['-c', join(home, 'nginx.conf'), '-e', `${home}/error.log`], { stdio: 'inherit' });
  await vi.waitUntil(() => send(port, '/favicon.ico', {}, 'GET').catch(() => undefined));
  return { port, process: child };
}

type Answer = { status: number; headers: IncomingHttpHeaders; body: string };

/** What is compared. */
async function ask(port: number, path: string, headers: Record<string, string>, method: string): Promise<Answer> {
  const { status, headers: all, body } = await send(port, path, headers, method);
  const isOwn = status >= 300 && status !== 304 && all['x-app'] === undefined;
  const own = !isOwn ? new Set() : status >= 400 ? OWN_ERROR : OWN_PAGE;
  const kept = Object.entries(all).filter(([name]) => !DIFFERENT.has(name) && !own.has(name));
  return { status, headers: Object.fromEntries(kept), body: isOwn ? '' : body };
}

function send(port: number, path: string, headers: Record<string, string>, method: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({
      host: '127.0.0.1',
      port,
      path,
      method,
      headers: { host: 'tatis.test', ...headers },
      agent: false,
    });
    sent.on('error', reject).on('response', async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: Buffer.concat(chunks).toString('latin1'),
      });
    });
    sent.end();
  });
}
