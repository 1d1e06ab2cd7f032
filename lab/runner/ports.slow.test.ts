import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { type LabConfig, readLabConfig } from '../config.ts';
import { freePortVariables } from '../fixture.ts';
import { checkPorts } from './ports.ts';

let variables: NodeJS.ProcessEnv;
beforeAll(async () => {
  variables = await freePortVariables();
});
const config = (changes: NodeJS.ProcessEnv = {}): LabConfig => readLabConfig({ ...variables, ...changes });

async function takeTcp(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
}

test('free ports are fine', async () => {
  await expect(checkPorts(config())).resolves.toBeUndefined();
});

test('every port that is taken is named, with what it is for, and the variable that changes it', async () => {
  const { ports } = config();
  await takeTcp(ports.WAYBILL_SITE_PORT);
  await takeTcp(ports.WAYBILL_APP_PORT + 1);
  await expect(checkPorts(config())).rejects.toThrow(
    `These ports are in use on 127.0.0.1; free them, or change them:
  ${ports.WAYBILL_SITE_PORT}  the site (proxy): set WAYBILL_SITE_PORT to another port
  ${ports.WAYBILL_APP_PORT + 1}  private: the first worker; the others follow: set WAYBILL_APP_PORT to another port`,
  );
});

test('a UDP port of another program is taken', async () => {
  const { ports } = config();
  const socket = createSocket('udp4').bind(ports.WAYBILL_DNS_PORT, '127.0.0.1');
  onTestFinished(() => void socket.close());
  await once(socket, 'listening');
  await expect(checkPorts(config())).rejects.toThrow(/DNS, UDP and TCP: set WAYBILL_DNS_PORT/);
});

test('a Waybill on the page’s port: it is already running', async () => {
  const { ports, visitorUrl } = config();
  const server = createHttpServer((_, response) => response.end('<title>Waybill</title>'));
  onTestFinished(() => void server.close());
  await once(server.listen(ports.WAYBILL_PAGE_PORT, '127.0.0.1'), 'listening');
  await takeTcp(ports.WAYBILL_SITE_PORT);
  await expect(checkPorts(config())).rejects.toThrow(`Waybill is already running: ${visitorUrl}/. Stop it first`);
});

test('another program on the page’s port, even a silent one, is not mistaken for a Waybill', async () => {
  const { ports } = config();
  await takeTcp(ports.WAYBILL_PAGE_PORT);
  await expect(checkPorts(config())).rejects.toThrow(/These ports are in use.*\n.*set WAYBILL_PAGE_PORT/);
});

test.each([
  [{ WAYBILL_PAGE_PORT: '9999', WAYBILL_DNS_PORT: '9999' }, 'WAYBILL_PAGE_PORT and WAYBILL_DNS_PORT are both 9999'],
  [
    { WAYBILL_APP_PORT: '9998', WAYBILL_OTLP_PORT: '9999' },
    'WAYBILL_APP_PORT + 1 (worker 2) and WAYBILL_OTLP_PORT are both 9999',
  ],
])('one port for two: %j', async (changes, message) => {
  await expect(checkPorts(config(changes))).rejects.toThrow(`${message}: set one of them to another port.`);
});

test('workers beyond the last port', async () => {
  await expect(checkPorts(config({ WAYBILL_APP_PORT: '65535' }))).rejects.toThrow(
    'WAYBILL_APP_PORT + 1 (worker 2) is 65536, but the highest port is 65535: set a lower one.',
  );
});

test('the store’s ports may be taken when spans go elsewhere', async () => {
  await takeTcp(config().ports.WAYBILL_OTLP_PORT);
  await expect(checkPorts(config({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }))).resolves.toBeUndefined();
});

test('an address that this machine does not have', async () => {
  await expect(checkPorts(config({ WAYBILL_HOST: '198.51.100.7' }))).rejects.toThrow(
    '198.51.100.7 is not an address of this machine. Set WAYBILL_HOST to one that is, such as 127.0.0.1.',
  );
});
