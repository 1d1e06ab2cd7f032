// The TLS listeners: which clients get a response, and which are refused; beside nginx where it has the right answer.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { encodeProxyHeader } from '../../../runtime/net/proxy-protocol.ts';
import { HOME, startGateway, startProxy, type TestProxy, type TestServer } from '../../../tests/support/proxy/proxy.ts';

let gateway: TestServer;
let proxy: TestProxy;
let ca: string;
beforeAll(async () => {
  gateway = await startGateway((request, response) => response.end(JSON.stringify(request.headers)));
  proxy = await startProxy(gateway.port, { WAYBILL_TLS_HANDSHAKE_TIMEOUT: '400', WAYBILL_TLS_HANDSHAKES: '20' });
  writeFileSync(join(proxy.folder, 'a.txt'), 'under TLS');
  ca = readFileSync(join(HOME, 'tls/ca.pem'), 'utf8');
});
afterAll(async () => {
  await proxy.close();
  await gateway.close();
});

/** Makes a handshake; rejects with the reason why it failed. */
function handshake(options: ConnectionOptions = {}, port = proxy.tlsPort): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ca, servername: 'tatis.test', ...options });
    onTestFinished(() => void socket.destroy());
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', reject);
  });
}

async function ask(
  socket: Socket,
  lines = 'GET /static/a.txt HTTP/1.1\r\nHost: tatis.test\r\nConnection: close\r\n\r\n',
) {
  socket.write(lines);
  return text(socket);
}

/** What is received for bytes that are sent to a port, until it closes. */
async function sent(bytes: string | Buffer, port = proxy.tlsPort): Promise<string> {
  const socket = connectTcp(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(bytes);
  return text(socket).catch(() => '');
}

const isUp = async () => (await ask(await handshake())).endsWith('under TLS');

test.each(['TLSv1.2', 'TLSv1.3'] as const)('a request is answered over %s', async (version) => {
  const socket = await handshake({ minVersion: version, maxVersion: version });
  expect(socket.getProtocol()).toBe(version);
  expect(await ask(socket)).toMatch(/^HTTP\/1.1 200 [\s\S]*under TLS$/);
});

test('the gateway gets the scheme', async () => {
  const answer = await ask(await handshake(), 'GET / HTTP/1.1\r\nHost: tatis.test\r\nConnection: close\r\n\r\n');
  expect(answer).toContain('"x-forwarded-proto":"https"');
  expect(answer).toContain('proto=https');
});

test('the client behind routers is the one of the PROXY header before the handshake', async () => {
  const raw = connectTcp(proxy.tlsRoutedPort, '127.0.0.1');
  const addresses = { source: { host: '192.0.2.77', port: 1 }, destination: { host: '203.0.113.10', port: 443 } };
  raw.write(encodeProxyHeader({ addresses, fields: [] }));
  const answer = await ask(
    await handshake({ socket: raw }),
    'GET / HTTP/1.1\r\nHost: tatis.test\r\nConnection: close\r\n\r\n',
  );
  expect(answer).toContain('"x-forwarded-for":"192.0.2.77"');
});

test.each([
  ['tatis.test', 'tatis.test'],
  ['DJANGOGIRLS.TEST', 'djangogirls.test'],
  ['djangogirls.test.', 'djangogirls.test'],
  ['djangogirls.test:443', 'djangogirls.test'],
  ['DjangoGirls.Test.:8443', 'djangogirls.test'],
  ['sealed.tatis.test.', 'sealed.tatis.test'],
  // the first, as with nginx; a browser will say that it is the wrong one
  ['nobody.test', 'tatis.test'],
  ['djangogirls.test..', 'tatis.test'],
  ['xdjangogirls.test', 'tatis.test'],
  ['xn--bcher-kva.test', 'tatis.test'],
  ['bücher.test', 'tatis.test'],
  ['.', 'tatis.test'],
])('server name %s: the certificate of %s', async (servername, name) => {
  const socket = await handshake({ servername, rejectUnauthorized: false });
  expect(socket.getPeerCertificate().subject.CN).toBe(name);
});

test.each([
  ['no authority is known', { ca: [] as string[] }, /UNABLE_TO_VERIFY|SELF_SIGNED|local issuer/],
  ['the name is another', { servername: 'other.test' }, /ERR_TLS_CERT_ALTNAME_INVALID/],
  [
    'only an old version is spoken',
    { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' } as const,
    /version|PROTOCOL|NO_PROTOCOLS/i,
  ],
  ['no cipher is shared', { ciphers: 'NULL-SHA256@SECLEVEL=0', maxVersion: 'TLSv1.2' } as const, /handshake|cipher/i],
])('no request if %s', async (_, options, reason) => {
  const failure = await handshake(options).then(
    () => 'under TLS',
    (error: NodeJS.ErrnoException) => `${error.code} ${error.message}`,
  );
  expect(failure).toMatch(reason);
  expect(await isUp()).toBe(true);
});

test('plain HTTP at the TLS port is answered with 400, as by nginx, and so is a handshake at the plain port', async () => {
  expect(await sent('GET / HTTP/1.1\r\nHost: tatis.test\r\n\r\n')).toMatch(
    /^HTTP\/1.1 400 [\s\S]*plain HTTP request was sent to the HTTPS port/,
  );
  const hello = Buffer.from('16030100050100000100', 'hex');
  expect(await sent(hello, proxy.port)).toMatch(/^HTTP\/1.1 400 /);
});

test.each([
  ['a record that is too long', Buffer.concat([Buffer.from('160301ffff', 'hex'), Buffer.alloc(70_000)])],
  ['a hello that is cut', Buffer.from('1603010200010001fc0303', 'hex')],
  ['an alert instead of a hello', Buffer.from('16030100020128', 'hex')],
  ['nothing', Buffer.alloc(0)],
])('%s: the connection is closed', async (_, bytes) => {
  expect(await sent(bytes)).not.toContain('200 OK');
  expect(await isUp()).toBe(true);
});

test('two hundred random hellos do not disturb other clients', async () => {
  const head = Buffer.from('1603010200', 'hex');
  for (let round = 0; round < 10; round++) {
    await Promise.all(Array.from({ length: 20 }, () => sent(Buffer.concat([head, randomBytes(512)]))));
  }
  expect(await isUp()).toBe(true);
});

describe.each(['at first', 'after a reload'])('the TLS settings %s', (when) => {
  beforeAll(async () => {
    if (when !== 'at first') await proxy.reload();
  });

  test('refuse renegotiation', async () => {
    const socket = await handshake({ maxVersion: 'TLSv1.2' });
    const failure = await new Promise((resolve) => {
      socket.once('error', resolve);
      socket.once('close', () => resolve('closed'));
      socket.renegotiate({}, resolve);
    });
    expect(failure).toBeTruthy();
    expect(await isUp()).toBe(true);
  });

  test.each(['ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES128-SHA256', 'ECDHE-ECDSA-AES128-CCM'])(
    'refuse %s, for every site',
    async (cipher) => {
      for (const servername of ['tatis.test', 'djangogirls.test']) {
        await expect(handshake({ servername, ciphers: `${cipher}@SECLEVEL=0`, maxVersion: 'TLSv1.2' })).rejects.toThrow(
          /handshake failure/,
        );
      }
    },
  );

  test('refuse TLS 1.1', async () => {
    const ciphers = 'ALL@SECLEVEL=0';
    await expect(handshake({ ciphers, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' })).rejects.toThrow(
      /protocol version/,
    );
  });

  test('let the client choose the cipher', async () => {
    for (const cipher of ['ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-ECDSA-AES256-GCM-SHA384']) {
      const socket = await handshake({ ciphers: `${cipher}:ECDHE-ECDSA-AES128-GCM-SHA256`, maxVersion: 'TLSv1.2' });
      expect(socket.getCipher().name).toBe(cipher);
    }
  });

  test('refuse an application protocol other than HTTP/1.1', async () => {
    await expect(handshake({ ALPNProtocols: ['h2'] })).rejects.toThrow(/no application protocol/);
    expect((await handshake({ ALPNProtocols: ['h2', 'http/1.1'] })).alpnProtocol).toBe('http/1.1');
  });

  test('resume a session of the same site', async () => {
    const first = await handshake({ maxVersion: 'TLSv1.2' });
    const session = first.getSession();
    expect((await handshake({ maxVersion: 'TLSv1.2', ...(session && { session }) })).isSessionReused()).toBe(true);
  });
});

test.each([
  ['a file', 'GET /static/a.txt HTTP/1.1\r\nHost: tatis.test\r\n\r\n', 1],
  ['a page', 'GET / HTTP/1.1\r\nHost: tatis.test\r\n\r\n', 1],
  ['a form', 'POST / HTTP/1.1\r\nHost: tatis.test\r\nContent-Length: 3\r\n\r\na=b', 1],
  ['two requests', 'GET / HTTP/1.1\r\nHost: tatis.test\r\n\r\n'.repeat(2), 2],
  ['a redirect', 'GET / HTTP/1.0\r\nHost: tatis.test\r\n\r\n', 1],
])(
  'close_notify right behind %s: it is answered (RFC 8446, 6.1), and the connection closed',
  async (_, lines, count) => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = await handshake({
        minVersion: version,
        maxVersion: version,
        allowHalfOpen: true,
      } as ConnectionOptions);
      socket.end(lines);
      expect((await text(socket)).match(/HTTP\/1.1 200/g)).toHaveLength(count);
    }
  },
);

test('a client that closes during its handshake, or before, is cleaned up', async () => {
  for (const bytes of ['', '16', '1603010200010001fc0303']) {
    const socket = connectTcp({ port: proxy.tlsPort, host: '127.0.0.1', allowHalfOpen: true });
    socket.end(Buffer.from(bytes, 'hex')).resume();
    await once(socket, 'close');
  }
  expect(await isUp()).toBe(true);
});

test('a client port that is reused at once is served', async () => {
  const first = connectTcp(proxy.tlsPort, '127.0.0.1');
  await once(first, 'connect');
  const { localPort = 0 } = first;
  first.resetAndDestroy();
  for (let round = 0; round < 30; round++) {
    const raw = connectTcp({ port: proxy.tlsPort, host: '127.0.0.1', localPort });
    const socket = await handshake({ socket: raw });
    socket.write('GET /static/a.txt HTTP/1.1\r\nHost: tatis.test\r\n\r\n');
    await once(socket, 'data');
    raw.resetAndDestroy();
    await once(socket, 'close');
  }
});

describe('more handshakes than may be in progress do not lock others out', () => {
  let crowded: TestProxy;
  beforeAll(async () => {
    crowded = await startProxy(gateway.port, { WAYBILL_TLS_HANDSHAKE_TIMEOUT: '60000', WAYBILL_TLS_HANDSHAKES: '20' });
    writeFileSync(join(crowded.folder, 'a.txt'), 'under TLS');
  });
  afterAll(() => crowded.close());

  const header = encodeProxyHeader({ addresses: null, fields: [] });
  test.each<[what: string, bytes: Buffer, port: 'tlsPort' | 'tlsRoutedPort']>([
    ['that send nothing', Buffer.alloc(0), 'tlsPort'],
    ['that send one byte', Buffer.from([22]), 'tlsPort'],
    ['that send half a hello', Buffer.from('1603010200010001fc0303', 'hex'), 'tlsPort'],
    ['that speak plain HTTP and stay', Buffer.from('GET / HTTP/1.1\r\nHost: tatis.test\r\n\r\n'), 'tlsPort'],
    ['behind a router that send nothing', header, 'tlsRoutedPort'],
    ['behind a router without a header', Buffer.alloc(0), 'tlsRoutedPort'],
  ])('%s', async (_, bytes, port) => {
    const silent = Array.from({ length: 60 }, () => {
      const socket = connectTcp({ port: crowded[port], host: '127.0.0.1', allowHalfOpen: true });
      onTestFinished(() => void socket.destroy());
      socket.on('error', () => {}).write(bytes);
      return socket;
    });
    await Promise.all(silent.map((socket) => once(socket, 'connect')));
    for (let round = 0; round < 5; round++) {
      expect(await ask(await handshake({}, crowded.tlsPort))).toMatch(/under TLS$/);
      const raw = connectTcp(crowded.tlsRoutedPort, '127.0.0.1');
      raw.write(header);
      expect(await ask(await handshake({ socket: raw }))).toMatch(/under TLS$/);
    }
  });
});

test('pipelined requests are answered in order', async () => {
  const get = (last: boolean) =>
    `GET /static/a.txt HTTP/1.1\r\nHost: tatis.test\r\n${last ? 'Connection: close\r\n' : ''}\r\n`;
  expect((await ask(await handshake(), get(false) + get(false) + get(true))).match(/under TLS/g)).toHaveLength(3);
});

test.each([
  ['-tls1_2', /TLSv1.2/],
  ['-tls1_3', /TLSv1.3/],
  ['-tls1_1', /alert protocol version|no protocols available/i],
])('openssl s_client %s', async (version, says) => {
  const args = ['s_client', '-connect', `127.0.0.1:${proxy.tlsPort}`, '-servername', 'tatis.test', version];
  const run = promisify(execFile)('openssl', [...args, '-CAfile', join(HOME, 'tls/ca.pem'), '-verify_return_error']);
  run.child.stdin?.end();
  const { stdout, stderr } = await run.catch((failed: { stdout: string; stderr: string }) => failed);
  expect(stdout + stderr).toMatch(says);
});

test('certificates are renewed while the proxy runs', async () => {
  const home = mkdtempSync(join(tmpdir(), 'waybill-renewal-'));
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const renewing = await startProxy(gateway.port, { WAYBILL_HOME: home });
  onTestFinished(() => renewing.close());
  const serial = async () =>
    (await handshake({ rejectUnauthorized: false }, renewing.tlsPort)).getPeerCertificate().serialNumber;
  const before = await serial();
  writeFileSync(join(home, 'tls/tatis.test.pem'), 'damaged');
  vi.advanceTimersByTime(24 * 3_600_000);
  await vi.waitFor(async () => expect(await serial()).not.toBe(before));
});
