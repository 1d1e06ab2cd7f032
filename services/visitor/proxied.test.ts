// The visitor behind nginx with TLS, under another name: Host passed on, or replaced, as nginx does unless it is configured
// otherwise. Skipped where there is no nginx (Debian: apt-get install nginx).

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { freePort } from '../../runtime/net/listen.ts';
import { testConfig } from '../../tests/support/visitor/visitor.ts';
import { createVisitor } from './server.ts';

const NGINX = '/usr/sbin/nginx';
const NAME = 'lab.example.org';
const HEADERS = {
  'passed on': 'proxy_set_header Host $http_host;',
  replaced: 'proxy_set_header X-Forwarded-Host $http_host;',
};
type Kind = keyof typeof HEADERS;
const kinds = Object.keys(HEADERS) as Kind[];

describe.skipIf(!existsSync(NGINX))(`behind nginx (${NGINX}${existsSync(NGINX) ? '' : ' is not installed'})`, () => {
  const visitor = createVisitor(testConfig({ allowedHosts: [NAME] }));
  const ports = {} as Record<Kind, number>;
  let nginx: ChildProcess;

  beforeAll(async () => {
    const port = await visitor.listen();
    const folder = mkdtempSync(join(tmpdir(), 'waybill-nginx-'));
    const certificate = ['-keyout', 'key.pem', '-out', 'cert.pem', '-subj', `/CN=${NAME}`, '-days', '1'];
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    execFileSync('openssl', ['req', '-x509', ...newKey, ...certificate], { cwd: folder, stdio: 'pipe' });
    for (const kind of kinds) ports[kind] = await freePort();
    const servers = kinds.map(
      (kind) => `server {
        listen 127.0.0.1:${ports[kind]} ssl; ssl_certificate cert.pem; ssl_certificate_key key.pem;
        location / { proxy_pass http://127.0.0.1:${port}; proxy_http_version 1.1; ${HEADERS[kind]} proxy_set_header X-Forwarded-Proto $scheme; }
      }`,
    );
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`);
    const config = `daemon off; master_process off; pid pid; error_log error.log; events {}
      http { access_log off; ${temporary.join(' ')} ${servers.join('\n')} }`;
    writeFileSync(join(folder, 'nginx.conf'), config);
    nginx = spawn(NGINX, ['-p', folder, '-c', 'nginx.conf', '-e', 'error.log'], { stdio: 'inherit' });
    for (const kind of kinds) await vi.waitUntil(() => send(kind, '/healthz').catch(() => undefined));
  });
  afterAll(async () => {
    nginx.kill('SIGTERM');
    await once(nginx, 'exit');
    await visitor.close();
  });

  /** Sends a request as a page of `origin`, if one is given; resolves with the response when its head has arrived. */
  function send(kind: Kind, path: string, { host = NAME, origin = '', body = '' } = {}): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = { host: `${host}:${ports[kind]}`, ...(origin && { origin: `${origin}:${ports[kind]}` }) };
      const options = { port: ports[kind], path, headers, method: body ? 'POST' : 'GET', rejectUnauthorized: false };
      request({ host: '127.0.0.1', agent: false, ...options }, (response) => {
        response.once('error', () => {}); // destroyed below
        resolve(response);
      })
        .once('error', reject)
        .end(body);
    });
  }
  const statusOf = async (...sent: Parameters<typeof send>) => {
    const response = await send(...sent);
    response.destroy();
    return response.statusCode;
  };
  const VISIT = '{"url":"http://tatis.test/"}';

  describe.each(kinds)('Host %s', (kind) => {
    test('the page is served, and its requests are done', async () => {
      expect(await statusOf(kind, '/')).toBe(200);
      expect(await statusOf(kind, '/visits', { origin: `https://${NAME}`, body: VISIT })).toBe(200);
    });

    test('events arrive while the stream is open', async () => {
      const response = await send(kind, '/live');
      const [first] = await once(response, 'data');
      expect(String(first)).toContain('retry: 1000');
      response.destroy();
    });

    test('a page of another site is refused, also under a name that resolves to the proxy', async () => {
      expect(await statusOf(kind, '/visits', { origin: 'https://evil.example', body: VISIT })).toBe(403);
      expect(await statusOf(kind, '/visits', { host: 'evil.example', body: VISIT })).toBe(421);
      expect(await statusOf(kind, '/scenarios', { host: 'evil.example' })).toBe(421);
    });
  });
});
