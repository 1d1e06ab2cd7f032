import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

test.each([
  [{}, true],
  [{ WAYBILL_HOST: '::1' }, true],
  [{ WAYBILL_HOST: '0.0.0.0' }, false],
  [{ WAYBILL_HOST: '192.0.2.1' }, false],
  [{ WAYBILL_HOST: '0.0.0.0', WAYBILL_PUBLIC_HOST: '127.0.0.1' }, true],
  [{ WAYBILL_HOST: '127.0.0.1', WAYBILL_PUBLIC_HOST: '0.0.0.0' }, false],
  [{ WAYBILL_HOST: '0.0.0.0', WAYBILL_DEBUG: 'true' }, true],
  [{ WAYBILL_DEBUG: 'false' }, false],
])('with %j error pages show stack traces: %j', (environment, debug) => {
  expect(readConfig(environment).debug).toBe(debug);
});

test('the secret key is read from WAYBILL_SECRET_KEY_FILE, and an empty file is an error', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'waybill-secret-')), 'secret-key');
  writeFileSync(file, 'a random text\n');
  expect(readConfig({ WAYBILL_SECRET_KEY_FILE: file }).secretKey).toBe('a random text');
  writeFileSync(file, '\n');
  expect(() => readConfig({ WAYBILL_SECRET_KEY_FILE: file })).toThrow(`WAYBILL_SECRET_KEY_FILE: ${file} is empty`);
});
