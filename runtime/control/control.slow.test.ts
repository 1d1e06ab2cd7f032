// A control API, with well-behaved and with misbehaving clients.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ApiError } from '../http/api-error.ts';
import { listen } from '../net/listen.ts';
import { createControl } from './control.ts';
import { route } from './route.ts';
import { flag, milliseconds, object, oneOf, table, wholeNumber } from './schema.ts';

const settings = object({
  depth: v.optional(wholeNumber({ min: 0, max: 100 })),
  timeout: v.optional(milliseconds()),
  fault: v.optional(oneOf(['none', 'crash', 'kill'])),
  cold: v.optional(flag()),
});

const faults = object({ slow: v.optional(table(oneOf(['test.', 'tatis.test.']), milliseconds({ min: 0 }))) });

/** A control API with one route of each sort; `received` are the bodies that reached a handler. */
async function startControl() {
  const received: unknown[] = [];
  const put = ({ body }: { body: unknown }) => {
    received.push(body);
    return { body: { received: body } };
  };
  const control = createControl(
    [
      route('GET /received', () => ({ body: received })),
      route('POST /flush', () => {
        received.push('flush');
        return {};
      }),
      route('PUT /settings', settings, put),
      route('PUT /faults', faults, put),
      route('POST /runs', v.optional(object({ warm: v.optional(flag()) }), {}), put),
      route('GET /traces/:id.json', ({ params, query }) => ({ body: { json: params.id, limit: query.get('limit') } })),
      route('GET /traces/:id', ({ params }) => ({ body: `page of ${params.id}` })),
      route('GET /lines', ({ signal }) => ({
        headers: { 'content-type': 'application/x-ndjson' },
        body: lines(signal),
      })),
      route('POST /items/:name/close', ({ params }) => {
        throw new ApiError(404, 'no_item', `Unknown item ${params.name}`);
      }),
      route('POST /broken', () => {
        throw new Error('secret');
      }),
    ],
    { body: { bytes: 1000, time: 300 } },
  );
  async function* lines(signal: AbortSignal) {
    signal.addEventListener('abort', () => received.push('aborted'));
    try {
      for (;;) {
        yield '{"line":true}\n';
        await delay(10);
      }
    } finally {
      received.push('iteration ended');
    }
  }
  onTestFinished(() => {
    control.close();
    control.closeAllConnections();
  });
  const port = await listen(control, { host: '127.0.0.1', port: 0, variable: '' });
  return { received, port, url: `http://127.0.0.1:${port}` };
}

/** Asks, and resolves with status and JSON (or text). */
async function ask(url: string, method = 'GET', body?: string | Uint8Array<ArrayBuffer>): Promise<[number, unknown]> {
  const response = await fetch(url, { method, ...(body !== undefined && { body }) });
  const text = await response.text();
  return [response.status, text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text];
}

/** A connection on which `bytes` are sent as they are; `answer` resolves with all that came back until it was closed. */
function raw(port: number, bytes: string): { socket: Socket; answer: Promise<string> } {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => (text += chunk)).on('error', () => {});
  socket.write(bytes);
  // Not by `once`, which rejects when the connection is reset.
  return { socket, answer: new Promise((resolve) => socket.on('close', () => resolve(text))) };
}

const HOST = 'Host: localhost\r\n';
const statuses = (answer: string) => [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));

test('each route answers by its method and path: JSON, text, nothing, piece by piece', async () => {
  const { url } = await startControl();
  expect(await ask(`${url}/received`)).toEqual([200, []]);
  expect(await ask(`${url}/flush`, 'POST')).toEqual([204, '']);
  expect(await ask(`${url}/traces/a%20b.json?limit=3`)).toEqual([200, { json: 'a b', limit: '3' }]);
  expect(await ask(`${url}/traces/a`)).toEqual([200, 'page of a']);
  expect(await ask(`${url}/healthz`)).toEqual([200, 'ok\n']);
  expect(await ask(`${url}/runs`, 'POST')).toEqual([200, { received: {} }]);
});

test('HEAD is answered as GET is, without the body', async () => {
  const { url } = await startControl();
  const response = await fetch(`${url}/received`, { method: 'HEAD' });
  expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '3', '']);
});

test('an answer piece by piece ends with its client', async () => {
  const { url, received } = await startControl();
  const left = new AbortController();
  const response = await fetch(`${url}/lines`, { signal: left.signal });
  expect(response.headers.get('content-type')).toBe('application/x-ndjson');
  await response.body?.getReader().read();
  left.abort();
  await vi.waitFor(() => expect(received).toEqual(expect.arrayContaining(['aborted', 'iteration ended'])));
});

test('what there is not: 404 with what there is, 405 with Allow', async () => {
  const { url } = await startControl();
  const [status, body] = await ask(`${url}/nothing`);
  expect([status, body]).toEqual([
    404,
    { error: { code: 'not_found', message: expect.stringContaining('PUT /settings') } },
  ]);
  expect(await ask(`${url}//localhost/received`)).toMatchObject([404, {}]);
  expect(await ask(`${url}/constructor`)).toMatchObject([404, {}]);
  expect(await ask(`${url}/__proto__`)).toMatchObject([404, {}]);
  const wrong = await fetch(`${url}/received`, { method: 'DELETE' });
  expect([wrong.status, wrong.headers.get('allow'), await wrong.json()]).toEqual([
    405,
    'GET, HEAD',
    { error: { code: 'wrong_method', message: 'Method not allowed: this path takes GET, HEAD' } },
  ]);
});

test('the reason of an ApiError is in the response; that of another error is not', async () => {
  const { url } = await startControl();
  expect(await ask(`${url}/items/constructor/close`, 'POST')).toEqual([
    404,
    { error: { code: 'no_item', message: 'Unknown item constructor' } },
  ]);
  expect(await ask(`${url}/broken`, 'POST')).toMatchObject([500, { error: { code: 'internal' } }]);
  expect(await ask(`${url}/items/%ff/close`, 'POST')).toMatchObject([400, { error: { code: 'bad_path' } }]);
});

test.each([
  ['/settings', '"x"', 'the body takes an object'],
  ['/settings', '[]', 'the body takes an object'],
  ['/settings', 'null', 'the body takes an object'],
  ['/settings', '5', 'the body takes an object'],
  ['/settings', '', 'the body takes an object'],
  ['/settings', '{"constructor":5}', 'constructor is unknown; expected depth, timeout, fault or cold'],
  ['/settings', '{"__proto__":{"depth":1}}', '__proto__ is unknown; expected depth, timeout, fault or cold'],
  ['/settings', '{"toString":1}', 'toString is unknown; expected depth, timeout, fault or cold'],
  ['/settings', '{"depth":-1}', 'depth takes a whole number from 0 to 100'],
  ['/settings', '{"depth":101}', 'depth takes a whole number from 0 to 100'],
  ['/settings', '{"depth":1.5}', 'depth takes a whole number from 0 to 100'],
  ['/settings', '{"depth":1e999}', 'depth takes a whole number from 0 to 100'],
  ['/settings', '{"depth":"1"}', 'depth takes a whole number from 0 to 100'],
  ['/settings', '{"depth":null}', 'depth takes a whole number from 0 to 100'],
  ['/settings', '{"timeout":2147483648}', 'timeout takes a whole number from 1 to 2147483647 (ms)'],
  ['/settings', '{"timeout":0}', 'timeout takes a whole number from 1 to 2147483647 (ms)'],
  ['/settings', '{"fault":"constructor"}', 'fault takes none, crash or kill'],
  ['/settings', '{"cold":1}', 'cold takes true or false'],
  ['/faults', '[]', 'the body takes an object'],
  ['/faults', '{"slow":[]}', 'slow takes an object'],
  ['/faults', '{"slow":{"constructor":1}}', 'slow takes no field named __proto__, prototype or constructor'],
  ['/faults', '{"slow":{"__proto__":1}}', 'slow takes no field named __proto__, prototype or constructor'],
  ['/faults', '{"slow":{"com.":1}}', 'slow.com. takes test. or tatis.test.'],
  ['/faults', '{"slow":{"test.":-1}}', 'slow.test. takes a whole number from 0 to 2147483647 (ms)'],
])('PUT %s %s: 400, %s', async (path, body, message) => {
  const { url, received } = await startControl();
  expect(await ask(`${url}${path}`, 'PUT', body)).toEqual([400, { error: { code: 'bad_body', message } }]);
  expect(received).toEqual([]);
});

test.each([
  ['text', 'depth=1'],
  ['half an object', '{"depth":1'],
  ['two objects', '{}{}'],
  ['NaN', '{"depth":NaN}'],
  ['400 arrays in each other, without an end', '['.repeat(400)],
  ['Latin-1', new Uint8Array([0x22, 0xe9, 0x22])],
])('a body that is not JSON in UTF-8: %s', async (_, body) => {
  const { url } = await startControl();
  expect(await ask(`${url}/settings`, 'PUT', body)).toMatchObject([400, { error: { code: 'bad_json' } }]);
});

test('of a field that comes twice, the last counts', async () => {
  const { url } = await startControl();
  expect(await ask(`${url}/settings`, 'PUT', '{"depth":1,"depth":2}')).toEqual([200, { received: { depth: 2 } }]);
});

test('a deeply nested body is refused as such', async () => {
  const { url } = await startControl();
  const deep = `${'['.repeat(400)}${']'.repeat(400)}`;
  expect(await ask(`${url}/settings`, 'PUT', deep)).toMatchObject([400, { error: { code: 'bad_body' } }]);
});

test.each([
  ['PUT', '/settings'],
  ['POST', '/flush'],
])('%s %s with more bytes than are taken: refused by its length, unread', async (method, path) => {
  const { port, received } = await startControl();
  const { answer } = raw(port, `${method} ${path} HTTP/1.1\r\n${HOST}Content-Length: 450000000\r\n\r\n`);
  const text = await answer;
  expect(statuses(text)).toEqual([413]);
  expect(text).toContain('{"error":{"code":"too_large","message":"Request body too large: send at most 1000 bytes"}}');
  expect(received).toEqual([]);
});

test('a body in chunks without an end is refused when it is too large, though its client sends on', async () => {
  const { port } = await startControl();
  const { socket, answer } = raw(port, `POST /flush HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`);
  const sending = setInterval(() => socket.write(`64\r\n${'x'.repeat(100)}\r\n`), 1);
  const text = await answer;
  clearInterval(sending);
  expect(statuses(text)).toEqual([413]);
});

test('a client that asks first whether its body is wanted is refused without 100 Continue, or taken with it', async () => {
  const { port } = await startControl();
  const expecting = (length: number) =>
    `PUT /settings HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`;
  expect(statuses(await raw(port, expecting(1001)).answer)).toEqual([413]);
  const { socket, answer } = raw(port, expecting(2));
  await once(socket, 'data');
  socket.write('{}');
  expect(statuses(await answer)).toEqual([100, 200]);
});

test('a body that does not come in time: 408', async () => {
  const { port, received } = await startControl();
  const { answer } = raw(port, `PUT /settings HTTP/1.1\r\n${HOST}Content-Length: 10\r\n\r\n{`);
  const text = await answer;
  expect(statuses(text)).toEqual([408]);
  expect(text).toContain(
    '{"error":{"code":"too_slow","message":"Request body timeout: send the whole body within 300 ms"}}',
  );
  expect(received).toEqual([]);
});

test('a body that breaks off reaches no handler, and affects no other request', async () => {
  const { port, url, received } = await startControl();
  const { socket, answer } = raw(port, `PUT /settings HTTP/1.1\r\n${HOST}Content-Length: 10\r\n\r\n{`);
  await once(socket, 'connect');
  socket.end();
  await answer;
  const reset = raw(port, `PUT /settings HTTP/1.1\r\n${HOST}Content-Length: 10\r\n\r\n{`).socket;
  await once(reset, 'connect');
  reset.resetAndDestroy();
  expect(await ask(`${url}/received`)).toEqual([200, []]);
  expect(received).toEqual([]);
});

test('requests sent one behind the other are done one after the other, and answered in order', async () => {
  const { port } = await startControl();
  const put = `PUT /settings HTTP/1.1\r\n${HOST}Content-Length: 11\r\n\r\n{"depth":7}`;
  const get = `GET /received HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`;
  const text = await raw(port, put + get).answer;
  expect(statuses(text)).toEqual([200, 200]);
  expect(text).toContain('[{"depth":7}]');
});

test('a connection brings so many requests at most; one that sends on is closed', async () => {
  const { port, url, received } = await startControl();
  await raw(port, `POST /flush HTTP/1.1\r\n${HOST}\r\n`.repeat(30_000)).answer;
  expect(received.length).toBeLessThanOrEqual(1000);
  expect((await ask(`${url}/healthz`))[0]).toBe(200);
});

test('malformed HTTP is refused in its turn, after those before it', async () => {
  const { port } = await startControl();
  const get = `GET /received HTTP/1.1\r\n${HOST}\r\n`;
  expect(statuses(await raw(port, `${get}nonsense\r\n\r\n`).answer)).toEqual([200, 400]);
  const chunked = `PUT /settings HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`;
  expect(statuses(await raw(port, `${chunked}nonsense\r\n`).answer)).toEqual([400]);
  expect(statuses(await raw(port, `GET / HTTP/1.1\r\n${HOST}X: ${'x'.repeat(20_000)}\r\n\r\n`).answer)).toEqual([431]);
  const both = `PUT /settings HTTP/1.1\r\n${HOST}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`;
  expect(statuses(await raw(port, both).answer)).toEqual([400]);
});

test('a packed body is not unpacked', async () => {
  const { port } = await startControl();
  const packed = `PUT /settings HTTP/1.1\r\n${HOST}Content-Encoding: constructor\r\nContent-Length: 2\r\n\r\n{}`;
  expect(statuses(await raw(port, packed).answer)).toEqual([415]);
});

test('a foreign page and a foreign name are refused before anything is done', async () => {
  const { port, received } = await startControl();
  const flush = (headers: string) => raw(port, `POST /flush HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`).answer;
  expect(statuses(await flush('Host: evil.example\r\n'))).toEqual([421]);
  expect(statuses(await flush(`${HOST}Origin: http://evil.example\r\n`))).toEqual([403]);
  expect(statuses(await flush(`${HOST}Origin: null\r\n`))).toEqual([403]);
  expect(statuses(await flush(`${HOST}${HOST}`))).toEqual([400]);
  expect(statuses(await flush(''))).toEqual([400]);
  expect(
    statuses(await raw(port, `GET http://evil.example/received HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`).answer),
  ).toEqual([421]);
  expect(received).toEqual([]);
});
