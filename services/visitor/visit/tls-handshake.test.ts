import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { diag, ROOT_CONTEXT } from '@opentelemetry/api';
import { afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { visitor } from '../../../otel/contract/index.ts';
import * as names from '../../../otel/contract/names.ts';
import { startSpan } from '../../../otel/span.ts';
import { recordSpans } from '../../../tests/support/otel.ts';
import { tlsFields } from '../../../traces/wire/tls.ts';
import { type Certificates, prepareCertificates } from '../../proxy/tls/certificates.ts';
import type { VisitorConfig } from '../config.ts';
import { inStep } from './step.ts';
import { startTlsHandshake, type TlsVersion } from './tls-handshake.ts';

const recorded = recordSpans();
const warnings: string[] = [];
diag.setLogger({ warn: (message) => warnings.push(message), error() {}, info() {}, debug() {}, verbose() {} });
afterEach(() => {
  recorded.clear();
  expect(warnings).toEqual([]); // such as "Cannot execute the operation on ended Span"
});

const folder = mkdtempSync(join(tmpdir(), 'waybill-handshake-'));
const config = { ca: join(folder, 'ca.pem'), connectTimeout: 60_000 } as VisitorConfig;
let certificates: Certificates;
beforeAll(async () => {
  certificates = await prepareCertificates(folder, [
    { name: 'good', hosts: ['tatis.test', '127.0.0.1'] },
    { name: 'expired', hosts: ['tatis.test'], flaw: 'expired' },
  ]);
});

/** Makes a handshake with the server on `port`; resolves with what the span recorded. */
async function handshake(
  port: number,
  {
    sessions = new Map<string, Buffer>(),
    version,
    serverName = 'tatis.test',
    connectTimeout = config.connectTimeout,
  }: { sessions?: Map<string, Buffer>; version?: TlsVersion; serverName?: string; connectTimeout?: number } = {},
) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const attributes = {
    [names.ATTR_TLS_CLIENT_SERVER_NAME]: serverName,
    [names.ATTR_TLS_ESTABLISHED]: false,
    [names.ATTR_TLS_ROUND_TRIPS]: 0,
    [names.ATTR_TLS_CLIENT_HELLO]: '',
    [names.ATTR_ROUTE]: 'direct',
  };
  const open = startSpan(visitor.handshake, { attributes });
  const options = { site: serverName, serverName, version, sessions };
  const failure = await inStep(open, ROOT_CONTEXT, () =>
    startTlsHandshake(socket, open, options, { ...config, connectTimeout }),
  ).then(
    async (tls) => {
      await once(tls, 'data'); // a session comes with it
      tls.destroy();
    },
    (error: Error & { code?: string }) => error.code ?? error.message,
  );
  if (!socket.closed) await once(socket, 'close');
  const span = recorded.all().at(-1) ?? expect.fail();
  return { failure, attributes: span.attributes, events: span.events.map(({ name }) => name) };
}

async function listening(server: ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const tlsServer = (options: TlsOptions) => listening(createTlsServer(options, (socket) => socket.end('hello')));

test('the chain, both hellos and the round trips are recorded', async () => {
  const { failure, attributes, events } = await handshake(await tlsServer(certificates.sites[0] as TlsOptions));
  expect(failure).toBeUndefined();
  const date = expect.stringMatching(/ · \d{4}-\d\d-\d\d · \d{4}-\d\d-\d\d$/);
  expect(attributes).toMatchObject({
    'tls.established': true,
    'tls.resumed': false,
    'tls.server.subject': 'CN=tatis.test',
    'waybill.tls.round_trips': 1,
    'waybill.tls.client_hello': expect.stringMatching(/^160301/),
    'waybill.tls.server_hello': expect.stringMatching(/^160303/),
    'waybill.tls.chain': [date, date],
  });
  expect((attributes['waybill.tls.chain'] as string[]).map((line) => line.split(' · ').slice(0, 2))).toEqual([
    ['tatis.test', 'Waybill lab CA'],
    ['Waybill lab CA', 'Waybill lab CA'],
  ]);
  expect(events).toEqual(['client hello sent', 'server hello received', 'certificate checked', 'finished']);
});

test('TLS 1.2 needs one more round trip, unless the session is resumed', async () => {
  const port = await tlsServer(certificates.sites[0] as TlsOptions);
  const sessions = new Map<string, Buffer>();
  const first = await handshake(port, { sessions, version: '1.2' });
  expect(first.attributes).toMatchObject({ 'tls.protocol.version': '1.2', 'waybill.tls.round_trips': 2 });
  const second = await handshake(port, { sessions, version: '1.2' });
  expect(second.attributes).toMatchObject({ 'tls.resumed': true, 'waybill.tls.round_trips': 1 });
  expect(second.events).not.toContain('certificate checked');
});

test('an invalid certificate is recorded with the reason, and no request is sent', async () => {
  const received: string[] = [];
  const server = createTlsServer(certificates.sites[1] as TlsOptions, (socket) => {
    socket.on('data', (chunk) => received.push(String(chunk))).on('error', () => {});
  });
  const { failure, attributes } = await handshake(await listening(server));
  expect(failure).toBe('CERT_HAS_EXPIRED');
  expect(attributes).toMatchObject({ 'tls.established': false, 'tls.server.subject': 'CN=tatis.test' });
  expect(received).toEqual([]);
});

test.each([
  ['127.0.0.1', undefined],
  ['127.0.0.2', 'ERR_TLS_CERT_ALTNAME_INVALID'],
])('for an IP address no server name is sent, and the certificate must contain it: %s', async (host, code) => {
  const { failure, attributes } = await handshake(await tlsServer(certificates.sites[0] as TlsOptions), {
    serverName: host,
  });
  expect(failure).toBe(code);
  expect(
    tlsFields(Buffer.from(String(attributes['waybill.tls.client_hello']), 'hex')).map(({ value }) => value),
  ).not.toContain('server_name');
});

test.each<[what: string, code: string, answer: (socket: Socket) => void]>([
  ['closes', 'ECONNRESET', (socket) => socket.end()],
  ['resets the connection', 'ECONNRESET', (socket) => socket.resetAndDestroy()],
  ['sends nothing', 'tls_timeout', () => {}],
  ['answers in plain HTTP', 'ERR_SSL_WRONG_VERSION_NUMBER', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
  [
    'sends an alert',
    'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    (socket) => socket.end(Buffer.from('15030300020246', 'hex')),
  ],
])('a server that %s instead of a ServerHello: %s', async (_, code, answer) => {
  const server = createServer((socket) => {
    socket.on('error', () => {}).once('data', () => answer(socket));
    onTestFinished(() => void socket.destroy());
  });
  const { failure, attributes } = await handshake(await listening(server), {
    ...(code === 'tls_timeout' && { connectTimeout: 300 }),
  });
  expect(failure).toBe(code);
  expect(attributes).toMatchObject({
    'tls.established': false,
    'waybill.tls.client_hello': expect.stringMatching(/^1603/),
  });
});
