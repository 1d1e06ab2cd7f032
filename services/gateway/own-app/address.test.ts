import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import { ownPorts, readAddress } from './address.ts';

const LOCAL = { allowRemote: false, taken: ownPorts({ WAYBILL_SITE_PORT: '9180' }) };

test.each([
  ['http://127.0.0.1:8000', '127.0.0.1', 8000],
  ['http://127.0.0.1:8000/', '127.0.0.1', 8000],
  [' 8000 ', '127.0.0.1', 8000],
  ['localhost:5000', 'localhost', 5000],
  ['http://[::1]:3000', '::1', 3000],
  ['http://0.0.0.0:8000', '127.0.0.1', 8000], // as servers print it
  ['http://127.1:8000', '127.0.0.1', 8000],
  ['http://localhost', 'localhost', 80],
  ['http://host.docker.internal:8000', 'host.docker.internal', 8000],
])('%s', async (text, host, port) => {
  expect(await readAddress(text, LOCAL)).toEqual({ host, port });
});

test('an address of this machine in its network', async () => {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  for (const { address, family } of all) {
    if (address.startsWith('fe80')) continue;
    const text = family === 'IPv6' ? `[${address}]:8000` : `${address}:8000`;
    expect(await readAddress(text, LOCAL)).toEqual({ host: address, port: 8000 });
  }
});

test.each([
  ['http://192.0.2.1:8000', '192.0.2.1 is not this machine'],
  ['http://169.254.169.254', 'is not this machine'], // the metadata of clouds
  ['http://[2001:db8::1]:8000', 'is not this machine'],
  ['http://[::ffff:192.0.2.1]:8000', 'is not this machine'],
  ['http://localhost.example.invalid:8000', 'does not resolve'],
  ['http://127.0.0.1:8190', "Port 8190 is the lab's own (the visitor's pages and API)"],
  ['http://localhost:9180', "Port 9180 is the lab's own (the site (proxy))"],
  ['https://127.0.0.1:8000', 'plain HTTP to the app'],
  ['http://127.0.0.1:8000/admin/', 'without user, path or query'],
  ['http://ola:ola@127.0.0.1:8000', 'without user, path or query'],
  ['file:///etc/passwd', 'expected the address'],
  ['http://127.0.0.1:99999', 'expected the address'],
  ['http://127.0.0.1:0', 'expected the address'],
  ['', 'expected the address'],
])('%s is refused: %s', async (text, message) => {
  await expect(readAddress(text, LOCAL)).rejects.toThrow(message);
});

test('another machine, where that is allowed', async () => {
  expect(await readAddress('http://192.0.2.1:8180', { ...LOCAL, allowRemote: true })).toEqual({
    host: '192.0.2.1',
    port: 8180,
  });
});
