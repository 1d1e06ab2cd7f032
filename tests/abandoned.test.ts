// Clients that go, or send nothing more, in the whole lab: both workers are free again at once. At the proxy and at the gateway.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Lab, startLab } from './lab.ts';

/** How soon a worker must be free, in ms. */
const SOON = 2000;

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ WAYBILL_WORKER_TIMEOUT: '800', WAYBILL_STUCK_AFTER: '1000' });
}, 60_000);
afterAll(() => lab?.stop());

type Row = { pid: number; state: string };
const workers = async () => {
  const port = lab.config.ports.WAYBILL_GATEWAY_CONTROL_PORT;
  return ((await (await fetch(`http://127.0.0.1:${port}/workers`)).json()) as { workers: Row[] }).workers;
};
const states = async () => (await workers()).map(({ state }) => state);
beforeEach(async () => {
  await vi.waitFor(async () => expect(await states()).toEqual(['idle', 'idle']), { timeout: 10_000 });
});

describe.each(['WAYBILL_SITE_PORT', 'WAYBILL_GATEWAY_PORT'] as const)('at %s', (door) => {
  const port = () => lab.config.ports[door];
  const send = async (bytes: string) => {
    const socket = connect(port(), '127.0.0.1').on('error', () => {});
    await once(socket, 'connect');
    socket.write(bytes);
    return socket;
  };
  /** Two pages, so that it is not one worker alone that answers; resolves with their statuses and the time that both took. */
  const askBoth = async () => {
    const began = performance.now();
    const ask = () => fetch(`http://127.0.0.1:${port()}/`, { headers: { host: 'tatis.test' } });
    const responses = await Promise.all([ask(), ask()]);
    return { statuses: responses.map(({ status }) => status), ms: performance.now() - began };
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
    const { statuses, ms } = await askBoth();
    expect(statuses).toEqual([200, 200]);
    expect(ms).toBeLessThan(SOON);
    for (const socket of uploads) socket.destroy();
  });

  test('a view that waits ends with its client, in the same process', async () => {
    const pids = (await workers()).map(({ pid }) => pid);
    const asked = await Promise.all([1, 2].map(() => send('GET /slow/30000/ HTTP/1.1\r\nHost: tatis.test\r\n\r\n')));
    await vi.waitFor(async () => expect(await states()).toEqual(['busy', 'busy']), { interval: 5 });
    for (const socket of asked) socket.destroy();
    const { statuses, ms } = await askBoth();
    expect(statuses).toEqual([200, 200]);
    expect(ms).toBeLessThan(SOON);
    expect((await workers()).map(({ pid }) => pid)).toEqual(pids);
  });

  test('one that computes is ended by the watchdog, and its worker replaced', async () => {
    const asked = await Promise.all([1, 2].map(() => send('GET /block/30000/ HTTP/1.1\r\nHost: tatis.test\r\n\r\n')));
    await vi.waitFor(async () => expect(await states()).toEqual(['busy', 'busy']), { interval: 5 });
    for (const socket of asked) socket.destroy();
    const { statuses, ms } = await askBoth();
    expect(statuses).toEqual([200, 200]);
    expect(ms).toBeLessThan(1000 + 2 * SOON); // WAYBILL_STUCK_AFTER, and two processes that start on a busy machine
  });
});
