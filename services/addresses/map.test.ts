import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAddressMap } from './map.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'waybill-map-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = (text: string, environment: NodeJS.ProcessEnv = {}) => {
  const file = join(folder, 'addresses');
  writeFileSync(file, text);
  return readAddressMap(file, environment);
};

test('an address and port lead to where they are listened on', () => {
  const { locate } = read('# the world\n\n203.0.113.10:80  127.0.0.1:8180  # the sites\n');
  expect([locate('203.0.113.10', 80), locate('203.0.113.10', 81), locate('203.0.113.11', 80)]).toEqual([
    { host: '127.0.0.1', port: 8180 },
    undefined,
    undefined,
  ]);
});

test('an address is known whatever the port', () => {
  const { has } = read('203.0.113.10:80 127.0.0.1:8180');
  expect([has('203.0.113.10'), has('203.0.113.11')]).toEqual([true, false]);
});

test.each([
  ['203.0.113.10:80 127.0.0.1:$SITE:8180', {}, { host: '127.0.0.1', port: 8180 }],
  ['203.0.113.10:80 127.0.0.1:$SITE:8180', { SITE: '9180' }, { host: '127.0.0.1', port: 9180 }],
  ['203.0.113.10:80 $WAYBILL_REACH:8180', { WAYBILL_REACH: '::1' }, { host: '::1', port: 8180 }],
  ['203.0.113.10:80 proxy:8180', {}, { host: 'proxy', port: 8180 }],
])('%s with %j', (line, environment, place) => {
  expect(read(line, environment).locate('203.0.113.10', 80)).toEqual(place);
});

describe('a line that cannot be read is named', () => {
  test.each([
    ['203.0.113.10:80', 'expected "address:port host:port"'],
    ['203.0.113.10:80 a:1 b:2', 'expected "address:port host:port"'],
    ['203.0.113.10 127.0.0.1:8180', 'not host:port'],
    ['203.0.113.10:80 127.0.0.1:70000', 'not host:port'],
    ['203.0.113.10:80 127.0.0.1:8180\n203.0.113.10:80 127.0.0.1:8181', 'duplicate address'],
  ])('%j', (text, reason) => {
    const line = text.split('\n').length + 1;
    expect(() => read(`# first\n${text}`)).toThrow(`addresses:${line}: ${reason}`);
  });
});

test('a map that is not there: the error names the variable and the file', () => {
  expect(() => readAddressMap('/nowhere', {})).toThrow(/^WAYBILL_ADDRESSES: cannot read \/nowhere \(ENOENT\)/);
});

test('the lab’s own maps can be read', () => {
  for (const name of ['addresses.local', 'addresses.compose']) {
    const { has } = readAddressMap(join(import.meta.dirname, name), {});
    expect([name, has('203.0.113.10')]).toEqual([name, true]);
  }
});
