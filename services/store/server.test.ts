import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportOf, traceIdOf } from '../../tests/support/store/spans.ts';
import { memoryStorage, startStore, type TestStore } from '../../tests/support/store/store.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
let store: TestStore;
beforeAll(async () => {
  store = await startStore();
});
afterAll(() => store.close());

/** Sends bytes to a port of the store; resolves with all that it answers. */
function raw(url: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.end(bytes);
  return text(socket);
}

test.each([
  ['no HTTP', 'nonsense\r\n\r\n', '400'],
  ['a path of slashes', 'GET // HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', '404'],
  ['a broken escape', 'GET /api/v3/traces/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', '400'],
  ['an address instead of a path', 'GET http://[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', '400'],
])('%s gets an error from both ports, and the store lives on', async (_name, bytes, status) => {
  expect(await raw(store.query, bytes)).toMatch(RegExp(`^HTTP/1.1 ${status} `));
  expect(await raw(store.otlp, bytes)).toMatch(/^HTTP\/1.1 40[04] /);
  expect((await fetch(`${store.query}/api/v3/services`)).status).toBe(200);
});

test('a sender that goes in the middle of its body leaves nothing behind', async () => {
  await new Promise<void>((resolve) => {
    const socket = connect(Number(new URL(store.otlp).port), '127.0.0.1');
    const head =
      'POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n';
    socket.write(head + JSON.stringify(exportOf([{ trace: 5, span: 1 }])), () => socket.destroy());
    socket.on('close', () => resolve());
  });
  expect((await fetch(`${store.query}/api/v3/traces/${traceIdOf(5)}`)).status).toBe(404);
});

test('an export in hand is answered before the store closes', async () => {
  const called = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const storage = {
    ...memoryStorage(),
    async write() {
      called.resolve();
      await gate.promise;
    },
  };
  const slow = await startStore(storage);
  const body = JSON.stringify(exportOf([{ trace: 1, span: 1 }]));
  const answer = fetch(`${slow.otlp}/v1/traces`, { method: 'POST', headers: JSON_TYPE, body });
  await called.promise;
  const closed = slow.close();
  gate.resolve();
  expect((await answer).status).toBe(200);
  await closed;
});

test('calls between services are counted', async () => {
  const spans = [
    { trace: 6, span: 1, service: 'proxy' },
    { trace: 6, span: 2, parent: 1, service: 'app' },
    { trace: 6, span: 3, parent: 1, service: 'app' },
  ];
  await fetch(`${store.otlp}/v1/traces`, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(exportOf(spans)) });
  const answer = await fetch(`${store.query}/api/dependencies?endTs=1795000100000&lookback=200000`);
  expect(await answer.json()).toMatchObject({ data: [{ parent: 'proxy', child: 'app', callCount: 2 }] });
});
