// The TLS listener beside nginx's, with the same certificate: which clients are accepted, by which version and cipher, and what
// others receive. The clients are Debian's openssl and raw bytes.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { freePort } from '../../../runtime/net/listen.ts';
import { CIPHERS } from '../../../runtime/net/tls.ts';
import { HOME, startProxy, type TestProxy } from '../../../tests/support/proxy/proxy.ts';

const NGINX = '/usr/sbin/nginx';
const openssl = promisify(execFile);

let proxy: TestProxy;
let nginx: { port: number; process: ChildProcess };

describe.skipIf(!existsSync(NGINX))(`beside nginx (${NGINX}${existsSync(NGINX) ? '' : ' is not installed'})`, () => {
  beforeAll(async () => {
    proxy = await startProxy(1, { WAYBILL_TLS_HANDSHAKE_TIMEOUT: '1000' });
    nginx = await startNginx();
  });
  afterAll(async () => {
    nginx.process.kill('SIGQUIT');
    await once(nginx.process, 'exit');
    await proxy.close();
  });

  test.each([
    ['-tls1', 'TLS 1.0'],
    ['-tls1_1', 'TLS 1.1'],
    ['-tls1_2', 'TLS 1.2'],
    ['-tls1_3', 'TLS 1.3'],
  ])('a client that speaks only %s', async (version) => {
    const all = [version, '-cipher', 'ALL:@SECLEVEL=0'];
    const [ours, theirs] = await Promise.all([shake(proxy.tlsPort, all), shake(nginx.port, all)]);
    expect(ours).toBe(theirs);
    expect(ours.startsWith('alert')).toBe(version === '-tls1' || version === '-tls1_1');
  });

  test('of all ciphers of openssl, the same are accepted', async () => {
    const { stdout } = await openssl('openssl', ['ciphers', '-V', '-s', '-tls1_2', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0']);
    const ciphers = [...stdout.matchAll(/0x(..),0x(..) - (\S+)/g)].filter(([, , , name]) => !name?.startsWith('TLS_'));
    expect(ciphers.length).toBeGreaterThan(50);
    const takenAt = async (port: number) => {
      const taken: string[] = [];
      for (const [, high, low, name = ''] of ciphers) {
        const hello = clientHello(Buffer.from('tatis.test'), `${high}${low}`);
        if ((await certificateFor(hello, port)) === 'tatis.test') taken.push(name);
      }
      return taken;
    };
    const [ours, theirs] = await Promise.all([takenAt(proxy.tlsPort), takenAt(nginx.port)]);
    expect(ours).toEqual(theirs);
    expect(ours.sort()).toEqual(
      CIPHERS.split(':')
        .filter((cipher) => cipher.includes('ECDHE-ECDSA'))
        .sort(),
    );
  });

  test.each<[what: string, bytes: Buffer, says: RegExp]>([
    ['plain HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: tatis.test\r\n\r\n'), /^HTTP\/1.1 400/],
    [
      'a record longer than may be',
      Buffer.concat([Buffer.from('16030148ff01', 'hex'), Buffer.alloc(0x48fe)]),
      /^alert/,
    ],
    ['a hello of another kind', Buffer.from('160301000402000000', 'hex'), /^alert/],
    ['an alert instead of a hello', Buffer.from('15030100020228', 'hex'), /./],
    ['an unknown version', Buffer.from('16090900050100000101', 'hex'), /^closed/],
    ['an empty hello', Buffer.from('160301000401000000', 'hex'), /^alert/],
    ['a hello with a wrong length', Buffer.from('160301000601ffffff0303', 'hex'), /./],
  ])('%s', async (_, bytes, says) => {
    const [ours, theirs] = await Promise.all([answerTo(bytes, proxy.tlsPort), answerTo(bytes, nginx.port)]);
    expect(ours).toBe(theirs);
    expect(ours).toMatch(says);
  });

  test.each<[what: string, name: string | Buffer, answer: string]>([
    ['a name', 'djangogirls.test', 'djangogirls.test'],
    ['another name', 'unknown.test', 'tatis.test'],
    ['an IP address', '127.0.0.1', 'tatis.test'],
    ['an IPv6 address', '::1', 'tatis.test'],
    ['an empty name', '', 'tatis.test'],
    ['a name with an underscore', 'a_b.djangogirls.test', 'tatis.test'],
    ['a name of 255 bytes', `${'a'.repeat(238)}.djangogirls.test`, 'tatis.test'],
    ['a name of 256 bytes', `${'a'.repeat(239)}.djangogirls.test`, 'alert 112'],
    ['a name with NUL', 'djangogirls.test\0.a', 'alert 112'],
    ['bytes that are not ASCII', Buffer.from('ff01fe', 'hex'), 'tatis.test'],
    ['a name with a space', 'djangogirls.test ', 'tatis.test'],
  ])('server name: %s', async (_, name, answer) => {
    const hello = clientHello(Buffer.from(name));
    const [ours, theirs] = await Promise.all([certificateFor(hello, proxy.tlsPort), certificateFor(hello, nginx.port)]);
    expect(ours).toBe(theirs);
    expect(ours).toBe(answer);
  });
});

/** A ClientHello of TLS 1.2, in which certificates are not encrypted, with `name` as server name (RFC 6066, 3) and one cipher. */
function clientHello(name: Buffer, cipher = 'c02b'): Buffer {
  const vector = (size: 1 | 2 | 3, ...parts: Buffer[]) => {
    const content = Buffer.concat(parts);
    const length = Buffer.alloc(size);
    length.writeUIntBE(content.length, 0, size);
    return Buffer.concat([length, content]);
  };
  const hex = (text: string) => Buffer.from(text, 'hex');
  const extensions = vector(
    2,
    hex('0000'),
    vector(2, vector(2, hex('00'), vector(2, name))),
    hex('000a00040002' + '0017'), // supported_groups: P-256
    hex('000d00040002' + '0403'), // signature_algorithms: ECDSA with SHA-256
  );
  const hello = Buffer.concat([hex('0303'), Buffer.alloc(32, 7), hex(`000002${cipher}0100`), extensions]);
  const message = Buffer.concat([hex('01'), vector(3, hello)]);
  return Buffer.concat([hex('160301'), vector(2, message)]);
}

/** The site whose certificate the server sends, or its alert. */
function certificateFor(hello: Buffer, port: number): Promise<string> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    const socket = connect(port, '127.0.0.1', () => socket.write(hello));
    const end = (result: string) => {
      resolve(result);
      socket.destroy();
    };
    socket.on('error', () => {}).on('close', () => end('closed'));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received[0] === 21 && received.length >= 7) end(`alert ${received[6]}`);
      const [site] = /djangogirls\.test|tatis\.test/.exec(received.toString('latin1')) ?? [];
      if (site) end(site);
    });
  });
}

/** What openssl says of a handshake: version and cipher, or the alert that came. */
async function shake(port: number, options: string[]): Promise<string> {
  const args = ['s_client', '-connect', `127.0.0.1:${port}`, '-servername', 'tatis.test', ...options];
  const run = openssl('openssl', args);
  run.child.stdin?.end();
  const { stdout, stderr } = await run.catch((failed: { stdout: string; stderr: string }) => failed);
  const [, version, cipher] = /New, (\S+), Cipher is (?!\(NONE\))(\S+)/.exec(stdout) ?? [];
  if (version !== undefined) return `${/Protocol *: (\S+)/.exec(stdout)?.[1] ?? version} ${cipher}`;
  return `alert ${/alert ([a-z ]+)/.exec(stderr)?.[1]?.trim() ?? stderr}`;
}

/** How what comes back for raw bytes begins: an alert by its number, HTTP by its status; closed: nothing came. */
function answerTo(bytes: Buffer, port: number): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => {});
    socket.on('close', () => {
      const all = Buffer.concat(chunks);
      if (all[0] === 21) resolve(`alert ${all[6]}`);
      else resolve(/^HTTP\/\d.\d \d+/.exec(all.toString('latin1'))?.[0] ?? 'closed');
    });
    socket.end(bytes);
  });
}

async function startNginx(): Promise<{ port: number; process: ChildProcess }> {
  const home = mkdtempSync(join(tmpdir(), 'waybill-nginx-'));
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${home}/${name};`,
  );
  const [tls12] = [
    CIPHERS.split(':')
      .filter((cipher) => !cipher.startsWith('TLS_'))
      .join(':'),
  ];
  const config = `
    daemon off; master_process off; pid ${home}/pid; error_log ${home}/error.log;
    events {}
    http {
      access_log off; ${temporary.join(' ')} client_header_timeout 1s;
      server {
        listen 127.0.0.1:${port} ssl;
        ssl_certificate ${HOME}/tls/tatis.test.pem; ssl_certificate_key ${HOME}/tls/tatis.test.key;
        ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ${tls12};
        return 204;
      }
      server {
        listen 127.0.0.1:${port} ssl; server_name djangogirls.test;
        ssl_certificate ${HOME}/tls/djangogirls.test.pem; ssl_certificate_key ${HOME}/tls/djangogirls.test.key;
        ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ${tls12};
        return 204;
      }
    }`;
  writeFileSync(join(home, 'nginx.conf'), config);
  const child = spawn(NGINX, ['-c', join(home, 'nginx.conf'), '-e', `${home}/error.log`], { stdio: 'inherit' });
  await vi.waitFor(async () => expect(await shake(port, ['-tls1_3'])).toContain('TLSv1.3'));
  return { port, process: child };
}
