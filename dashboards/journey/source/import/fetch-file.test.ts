// What the page fetches for `#trace=URL`, and what it refuses.

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fetchFile } from './fetch-file.ts';

const ANSWERS: Record<string, (response: ServerResponse) => void> = {
  '/trace.json': (response) => response.end('{"ä":1}'),
  '/large': (response) => response.end('x'.repeat(1001)),
  '/slow': (response) => response.write('{'),
  '/broken': (response) => response.writeHead(200, { 'content-length': 9 }).write('{', () => response.destroy()),
  '/none': (response) => response.writeHead(404).end(),
};
const server = createServer((request, response) => ANSWERS[request.url ?? '']?.(response));
let base = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const fetched = (address: string, ms = 20_000) =>
  fetchFile(address, new AbortController().signal, { maxBytes: 1000, ms });

test('the text of an address', async () => {
  expect(await fetched(`${base}/trace.json`)).toBe('{"ä":1}');
});

test.each([
  ['/large', 'has more than'],
  ['/none', 'the server answered 404'],
  ['/broken', 'cannot be fetched'],
])('%s is refused: it %s', async (path, says) => {
  await expect(fetched(base + path)).rejects.toThrow(says);
});

test('what does not arrive in time is refused', async () => {
  await expect(fetched(`${base}/slow`, 50)).rejects.toThrow('did not arrive within');
});

test.each(['file:///etc/passwd', 'javascript:alert(1)', 'data:application/json,{}', 'blob:x', '/trace.json', ''])(
  '%s is not fetched',
  async (address) => {
    await expect(fetched(address)).rejects.toThrow('is not an address of the web');
  },
);
