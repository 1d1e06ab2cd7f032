// Clients that go, or send nothing more, in the whole lab: no worker stays with them. At the proxy and at the gateway. What would
// free a worker by itself comes after more time than a test has.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Lab, startLab } from '../lab/fixture.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({
    WAYBILL_WORKER_TIMEOUT: '600000',
    WAYBILL_WATCHDOG_TIMEOUT: '5000',
    WAYBILL_BODY_TIMEOUT: '600000',
    WAYBILL_QUEUE_WAIT: '600000',
  });
});
afterAll(() => lab?.stop());

type Row = { pid: number; state: string };
const workers = async () => {
  const port = lab.config.ports.WAYBILL_GATEWAY_CONTROL_PORT;
  return ((await (await fetch(`http://127.0.0.1:${port}/workers`)).json()) as { workers: Row[] }).workers;
};
const states = async () => (await workers()).map(({ state }) => state);
beforeEach(async () => {
  await vi.waitFor(async () => expect(await states()).toEqual(['idle', 'idle']));
});

describe.each(['WAYBILL_SITE_PORT', 'WAYBILL_GATEWAY_PORT'] as const)('at %s', (variable) => {
  const port = () => lab.config.ports[variable];
  const send = async (bytes: string) => {
    const socket = connect(port(), '127.0.0.1').on('error', () => {});
    await once(socket, 'connect');
    socket.write(bytes);
    return socket;
  };
  /** Two pages at once, so that it is not one worker alone that answers; resolves with their statuses. */
  const askBoth = () => {
    const ask = () => fetch(`http://127.0.0.1:${port()}/`, { headers: { host: 'tatis.test' } });
    return Promise.all([ask(), ask()].map(async (response) => (await response).status));
  };

  test.each([
    ['stops', 'Content-Length: 1000\r\n\r\nx', () => {}],
    ['breaks off', 'Content-Length: 1000\r\n\r\nx', (socket: Socket) => socket.end()],
    ['is reset', 'Content-Length: 1000\r\n\r\nx', (socket: Socket) => socket.resetAndDestroy()],
    ['has a bad chunk', 'Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n', (socket: Socket) => socket.write('xyz\r\n')],
  ])('an upload that %s keeps no worker', async (_, body, act) => {
    const uploads = await Promise.all(
      Array.from({ length: 6 }, () => send(`POST /accounts/login/ HTTP/1.1\r\nHost: tatis.test\r\n${body}`)),
    );
    for (const socket of uploads) act(socket);
    expect(await askBoth()).toEqual([200, 200]);
    for (const socket of uploads) socket.destroy();
  });

  test('a view that waits ends with its client, in the same process', async () => {
    const pids = (await workers()).map(({ pid }) => pid);
    const asked = await Promise.all([1, 2].map(() => send('GET /slow/30000/ HTTP/1.1\r\nHost: tatis.test\r\n\r\n')));
    await vi.waitFor(async () => expect(await states()).toEqual(['busy', 'busy']), { interval: 5 });
    for (const socket of asked) socket.destroy();
    expect(await askBoth()).toEqual([200, 200]);
    expect((await workers()).map(({ pid }) => pid)).toEqual(pids);
  });

  test('one that computes is ended by the watchdog, and its worker replaced', async () => {
    const pids = (await workers()).map(({ pid }) => pid);
    const asked = await Promise.all([1, 2].map(() => send('GET /block/30000/ HTTP/1.1\r\nHost: tatis.test\r\n\r\n')));
    await vi.waitFor(async () => expect(await states()).toEqual(['busy', 'busy']), { interval: 5 });
    for (const socket of asked) socket.destroy();
    expect(await askBoth()).toEqual([200, 200]);
    // One may answer both pages while the other is still starting again.
    await vi.waitFor(async () => expect((await workers()).filter(({ pid }) => pids.includes(pid))).toEqual([]));
  });
});
