import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { listen, listenError, listeningAt } from './listen.ts';

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['::1', '[::1]'],
])('listens on %s, and returns the address', async (host, written) => {
  const server = createServer();
  onTestFinished(() => void server.close());
  const port = await listen(server, { host, port: 0, variable: 'WAYBILL_SITE_PORT' });
  expect(listeningAt().at(-1)).toBe(`${written}:${port}`);
});

test.each([
  [
    'EADDRINUSE',
    'Port 80 on 10.0.0.9 is in use. Stop the program that listens there, or set WAYBILL_SITE_PORT to another port.',
  ],
  ['EACCES', 'This user must not listen on port 80 of 10.0.0.9. Set WAYBILL_SITE_PORT to a port from 1024 on.'],
  ['EADDRNOTAVAIL', '10.0.0.9 is not an address of this machine. Set WAYBILL_HOST to one that is, such as 127.0.0.1.'],
])('%s: says what to do', (code, message) => {
  const failed = Object.assign(new Error('listen'), { code });
  expect(listenError(failed, { host: '10.0.0.9', port: 80, variable: 'WAYBILL_SITE_PORT' }).message).toBe(message);
});

test('an unknown error stays as it is', () => {
  const failed = Object.assign(new Error('listen EMFILE'), { code: 'EMFILE' });
  expect(listenError(failed, { host: '127.0.0.1', port: 80, variable: '' })).toBe(failed);
});
