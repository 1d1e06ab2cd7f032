// Several proxies and gateways at once before the same workers: what they share, and what they do not (docs/scale.md).

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePortVariables, type Lab, startLab } from '../lab/fixture.ts';
import { ROOT } from '../runtime/program.ts';
import { Visitor } from './support/app/app.ts';

let lab: Lab;
let other: NodeJS.ProcessEnv;
const children: ChildProcess[] = [];
beforeAll(async () => {
  lab = await startLab();
  const { ports, home } = lab.config;
  other = {
    ...lab.environment,
    ...(await freePortVariables()),
    WAYBILL_WORKER_ADDRESSES: `127.0.0.1:${ports.WAYBILL_APP_PORT},127.0.0.1:${ports.WAYBILL_APP_PORT + 1}`,
    WAYBILL_STATIC_ROOT: join(home, 'static'),
    WAYBILL_HOME: mkdtempSync(join(tmpdir(), 'waybill-second-')),
    WAYBILL_CA_DIR: join(home, 'tls'),
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${ports.WAYBILL_OTLP_PORT}`,
    WAYBILL_LOG_LEVEL: 'silent',
    WAYBILL_ACCESS_LOG: 'off',
  };
  await start('gateway', {});
  await start('proxy', { WAYBILL_GATEWAY: `127.0.0.1:${other.WAYBILL_GATEWAY_PORT}` });
});
afterAll(async () => {
  for (const child of children.reverse()) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  await lab?.stop();
});

/** Another of that service; resolves when it says that it is ready. */
async function start(service: string, own: NodeJS.ProcessEnv): Promise<void> {
  const args = ['--import', './otel/instrument.ts', `services/${service}/main.ts`];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...other, ...own, OTEL_SERVICE_NAME: service },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  children.push(child);
  await once(child, 'message');
}

/** Shakes hands with the web server at `port`, as a client that trusts the lab's authority. */
async function handshake(port: number, session?: Buffer): Promise<{ isResumed: boolean; session: Buffer }> {
  const ca = readFileSync(join(lab.config.home, 'tls/ca.pem'));
  const socket = connect({
    host: '127.0.0.1',
    port,
    ca,
    servername: 'tatis.test',
    maxVersion: 'TLSv1.2',
    ...(session && { session }),
  });
  await once(socket, 'secureConnect');
  const handshake = { isResumed: socket.isSessionReused(), session: socket.getSession() ?? expect.fail() };
  socket.destroy();
  return handshake;
}

test('a session that one of them starts is known to the other: sessions are in the database', async () => {
  const first = new Visitor(lab.config.ports.WAYBILL_SITE_PORT);
  const second = new Visitor(Number(other.WAYBILL_SITE_PORT));
  expect((await first.signIn('ola')).status).toBe(302);
  second.setCookie('sessionid', first.cookie('sessionid') ?? expect.fail());
  const { status, body } = await second.get('/letters/Ola/');
  expect(status).toBe(200);
  expect(body).toContain('ola');
  expect((await new Visitor(Number(other.WAYBILL_SITE_PORT)).get('/letters/Ola/')).body).not.toBe(body);
});

test('clients trust both, by the authority that they share; a session is resumed only by the proxy that made it', async () => {
  const [one, two] = [lab.config.ports.WAYBILL_TLS_PORT, Number(other.WAYBILL_TLS_PORT)];
  const { session } = await handshake(one);
  await handshake(two);
  expect((await handshake(one, session)).isResumed).toBe(true);
  expect((await handshake(two, session)).isResumed).toBe(false);
});

test('a worker that one gateway replaces is found again by the other', async () => {
  const control = (port: number | string | undefined, method: string, path: string) =>
    fetch(`http://127.0.0.1:${port}${path}`, { method });
  const reloaded = await control(lab.config.ports.WAYBILL_GATEWAY_CONTROL_PORT, 'POST', '/reload');
  expect(reloaded.status).toBe(200);
  const visitor = new Visitor(Number(other.WAYBILL_SITE_PORT));
  for (let time = 0; time < 4; time++) expect((await visitor.get('/')).status).toBe(200);
});
